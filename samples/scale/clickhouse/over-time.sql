-- How do calls develop over time?
SELECT
    toStartOfInterval(start, INTERVAL 1 HOUR) AS period,
    response_model,
    count() AS calls,
    countIf(succeeded_at_once) AS first_attempt_successes,
    countIf(failed) AS failures
FROM instructor_calls
WHERE is_structured
GROUP BY period, response_model
ORDER BY period, response_model
