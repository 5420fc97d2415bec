// Name: A timer that only the answer stops
// Says: your timer is cancelled when the answer comes; when the wait is cancelled and no answer
//   comes, it stays
// Caught-by: Fix5b_Limit.WhoCancelsTheWaitLeavesNoTimer

aio::Future<std::string> with_limit(aio::EventLoop& loop, const aio::Future<std::string>& answer,
                                    std::chrono::seconds limit) {
  const aio::Future<std::string> limited(loop);
  aio::TimerHandle timer = loop.call_later(limit, [limited] {
    if (!limited.done()) limited.set_exception(aio::TimeoutError());
  });
  answer.add_done_callback([limited, timer](auto& done) mutable {
    timer.cancel();
    if (!limited.done()) copy_outcome(done, limited);
  });
  return limited;
}
