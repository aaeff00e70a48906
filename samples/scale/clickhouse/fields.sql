-- Which fields fail, with which code, how often? A field counts once for an attempt, whatever its indexes.
SELECT
    response_model,
    field.1 AS path,
    field.2 AS code,
    count() AS attempts,
    uniqExact(trace_id, span_id) AS calls,
    arrayMap(
        call -> (call.2, call.3),
        arraySlice(arrayReverseSort(groupUniqArray((start, trace_id, span_id))), 1, 5)
    ) AS examples
FROM
(
    SELECT
        response_model,
        start,
        trace_id,
        span_id,
        arrayJoin(attempts) AS attempt,
        arrayJoin(
            arrayDistinct(
                arrayMap(
                    issue -> (
                        arrayStringConcat(
                            arrayMap(
                                (step, index) -> multiIf(
                                    NOT startsWith(step, '"'), '[]',
                                    index = 1, JSONExtractString(step),
                                    concat('.', JSONExtractString(step))
                                ),
                                JSONExtractArrayRaw(issue, 'path') AS steps,
                                arrayEnumerate(steps)
                            )
                        ),
                        JSONExtractString(issue, 'code')
                    ),
                    JSONExtractArrayRaw(attempt.issues)
                )
            )
        ) AS field
    FROM instructor_calls
    WHERE is_structured
)
GROUP BY response_model, path, code
ORDER BY attempts DESC, path
