// Name: The timer does not look
// Says: your timer fails a future that has its answer already, and that is an error in itself
// From: python/asyncio#255 and temporalio/sdk-python#782: a timer sets the result of a future that
//   was cancelled
// Caught-by: Fix5b_Limit.AnAnswerInTime, Fix5b_Limit.AFailureInTime,
//   Fix5b_Limit.AnAnswerThatIsCancelled

aio::Future<std::string> with_limit(aio::EventLoop& loop, const aio::Future<std::string>& answer,
                                    std::chrono::seconds limit) {
  const aio::Future<std::string> limited(loop);
  loop.call_later(limit, [limited] { limited.set_exception(aio::TimeoutError()); });
  answer.add_done_callback([limited](auto& done) {
    if (!limited.done()) copy_outcome(done, limited);
  });
  return limited;
}
