-- Which model and schema version succeeds at once, and what do failed attempts cost?
WITH arraySort(groupArray(milliseconds)) AS times
SELECT
    response_model,
    schema,
    mode,
    model,
    count() AS calls,
    countIf(succeeded_at_once) AS first_attempt_successes,
    countIf(failed) AS failures,
    sum(attempt_count) AS attempts,
    sum(length(failed_attempts)) AS unsuccessful_attempts,
    sum(arrayCount(attempt -> attempt.outcome = 'validation_error', failed_attempts)) AS validation_failures,
    sum(
        arrayCount(attempt -> attempt.outcome = 'validation_error' AND attempt.issues != '', failed_attempts)
    ) AS explained_failures,
    -- By the nearest rank.
    times[toUInt64(ceil(0.5 * calls))] AS p50,
    times[toUInt64(ceil(0.9 * calls))] AS p90,
    times[toUInt64(ceil(0.99 * calls))] AS p99,
    sum(instructor_calls.input_tokens) AS input_tokens,
    sum(instructor_calls.output_tokens) AS output_tokens,
    sum(instructor_calls.usd) AS usd,
    countIf(isNull(instructor_calls.usd)) AS unknown_calls,
    sum(arraySum(attempt -> ifNull(attempt.input, 0), failed_attempts)) AS failed_input_tokens,
    sum(arraySum(attempt -> ifNull(attempt.output, 0), failed_attempts)) AS failed_output_tokens,
    sum(arraySum(attempt -> ifNull(attempt.usd, 0), failed_attempts)) AS failed_usd,
    sum(arrayCount(attempt -> isNull(attempt.usd), failed_attempts)) AS unknown_failed_attempts,
    min(start) AS first_call_at,
    max(start) AS last_call_at
FROM instructor_calls
WHERE is_structured
GROUP BY response_model, schema, mode, model
ORDER BY calls DESC, last_call_at DESC
