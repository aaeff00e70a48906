-- What does each customer cost, and how much of it went to failed attempts?
SELECT
    customer,
    count() AS calls,
    uniqExactIf(thread, thread != '') AS threads,
    sum(instructor_calls.input_tokens) AS input_tokens,
    sum(instructor_calls.output_tokens) AS output_tokens,
    sum(instructor_calls.usd) AS usd,
    countIf(isNull(instructor_calls.usd)) AS unknown_calls,
    sum(arraySum(attempt -> ifNull(attempt.usd, 0), failed_attempts)) AS failed_usd,
    sum(arrayCount(attempt -> isNull(attempt.usd), failed_attempts)) AS unknown_failed_attempts
FROM instructor_calls
GROUP BY customer
ORDER BY ifNull(usd, -1) DESC, calls DESC
