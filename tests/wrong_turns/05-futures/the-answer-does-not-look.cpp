// Name: The answer does not look
// Says: your late answer completes a future whose time is up, or which was cancelled
// From: python/asyncio#123, omnilib/aiosqlite#80 and tornadoweb/tornado#2188: the answer to a
//   cancelled question
// Caught-by: Fix5b_Limit.AnAnswerThatComesTooLate, Fix5b_Limit.WhoCancelsTheWaitHearsNoMoreOfIt,
//   Fix5b_Limit.BothAtTheSameMoment

aio::Future<std::string> with_limit(aio::EventLoop& loop, const aio::Future<std::string>& answer,
                                    std::chrono::seconds limit) {
  const aio::Future<std::string> limited(loop);
  aio::TimerHandle timer = loop.call_later(limit, [limited] {
    if (!limited.done()) limited.set_exception(aio::TimeoutError());
  });
  limited.add_done_callback([timer](auto&) mutable { timer.cancel(); });
  answer.add_done_callback([limited](auto& done) { copy_outcome(done, limited); });
  return limited;
}
