-- Prices in US dollars for a million tokens. `prices.json` has the format that `respan-instructor dev --prices` reads.
CREATE TABLE IF NOT EXISTS model_prices
(
    model String,
    input Float64,
    output Float64,
    cached Float64 DEFAULT input,
    reasoning Float64 DEFAULT output
)
ENGINE = ReplacingMergeTree
ORDER BY model;

-- The cost of tokens at a price (input, output, cached, reasoning); NULL if the price or the tokens are unknown.
CREATE OR REPLACE FUNCTION instructor_usd AS (price, input, output, cached, reasoning) -> if(
    isNull(input) AND isNull(output) OR price.1 < 0,
    NULL,
    (
        (ifNull(input, 0) - least(ifNull(cached, 0), ifNull(input, 0))) * price.1
            + (ifNull(output, 0) - least(ifNull(reasoning, 0), ifNull(output, 0))) * price.2
            + least(ifNull(cached, 0), ifNull(input, 0)) * price.3
            + least(ifNull(reasoning, 0), ifNull(output, 0)) * price.4
    ) / 1e6
);

-- Each model call of this package once, even if the Collector delivered it twice.
CREATE OR REPLACE VIEW instructor_calls AS
WITH
    (
        SELECT mapFromArrays(groupArray(model), groupArray((input, output, cached, reasoning)))
        FROM model_prices FINAL
    ) AS prices,
    SpanAttributes AS said,
    arrayFirst(
        name -> mapContains(prices, name),
        arrayFlatten(
            arrayMap(
                name -> [concat(said['gen_ai.provider.name'], '/', name), name],
                [said['gen_ai.response.model'], said['gen_ai.request.model']]
            )
        )
    ) AS priced_name,
    if(mapContains(prices, priced_name), prices[priced_name], (-1., -1., -1., -1.)) AS price,
    toUInt64OrNull(said['gen_ai.usage.reasoning.output_tokens']) AS reasoning_tokens
SELECT
    Timestamp AS start,
    TraceId AS trace_id,
    SpanId AS span_id,
    ServiceName AS service,
    Duration / 1e6 AS milliseconds,
    CAST(StatusCode = 'Error', 'Bool') AS failed,
    said['instructor.response_model'] AS response_model,
    said['instructor.schema.hash'] AS schema,
    said['respan.metadata.mode'] AS mode,
    if(said['gen_ai.response.model'] != '', said['gen_ai.response.model'], said['gen_ai.request.model']) AS model,
    said['traceloop.workflow.name'] AS workflow,
    said['respan.customer_params.customer_identifier'] AS customer,
    said['respan.threads.thread_identifier'] AS thread,
    toUInt64OrNull(said['gen_ai.usage.input_tokens']) AS input_tokens,
    toUInt64OrNull(said['gen_ai.usage.output_tokens']) AS output_tokens,
    arraySort(
        attempt -> attempt.number,
        arrayMap(
            attempt -> CAST(
                (
                    toUInt32OrZero(attempt['instructor.attempt.number']),
                    attempt['instructor.attempt.outcome'],
                    toUInt64OrNull(attempt['instructor.attempt.input_tokens']),
                    toUInt64OrNull(attempt['instructor.attempt.output_tokens']),
                    instructor_usd(
                        price,
                        toUInt64OrNull(attempt['instructor.attempt.input_tokens']),
                        toUInt64OrNull(attempt['instructor.attempt.output_tokens']),
                        toUInt64OrNull(attempt['instructor.attempt.cached_tokens']),
                        0
                    ),
                    attempt['instructor.attempt.issues']
                ),
                'Tuple(number UInt32, outcome String, input Nullable(UInt64), output Nullable(UInt64), usd Nullable(Float64), issues String)'
            ),
            arrayFilter((attributes, name) -> name = 'instructor.attempt', Events.Attributes, Events.Name)
        )
    ) AS attempts,
    arrayFilter(attempt -> attempt.outcome != 'success', attempts) AS failed_attempts,
    response_model != '' OR notEmpty(attempts) AS is_structured,
    ifNull(toUInt64OrNull(said['instructor.attempts']), greatest(1, length(attempts))) AS attempt_count,
    NOT failed AND if(empty(attempts), attempt_count = 1, attempts[1].outcome = 'success') AS succeeded_at_once,
    -- Attempts do not tell reasoning tokens: the call does.
    if(
        notEmpty(attempts) AND arrayAll(attempt -> isNotNull(attempt.usd), attempts) AND ifNull(reasoning_tokens, 0) = 0,
        arraySum(attempt -> ifNull(attempt.usd, 0), attempts),
        instructor_usd(
            price,
            input_tokens,
            output_tokens,
            toUInt64OrNull(said['gen_ai.usage.cache_read.input_tokens']),
            reasoning_tokens
        )
    ) AS usd
FROM otel_traces
WHERE ScopeName = 'respan-instructor'
    AND (
        SpanAttributes['gen_ai.usage.input_tokens'] != ''
        OR SpanAttributes['instructor.response_model'] != ''
        OR has(Events.Name, 'instructor.attempt')
    )
LIMIT 1 BY TraceId, SpanId;
