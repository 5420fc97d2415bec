// Name: The heart beats on when the work fails
// Says: you stop the heart below the await; an exception, and CancelledError too, never gets there
// Caught-by: Use7d_Heartbeat.StopsWhenTheWorkFails, Use7d_Heartbeat.StopsWhenItIsCancelled

//: use-7d
aio::Coro<std::string> with_heartbeat(aio::Coro<std::string> work, std::chrono::nanoseconds period,
                                      std::function<void()> beat) {
  const aio::Task<> heart = aio::create_task(beats(period, std::move(beat)));
  std::string result = co_await std::move(work);
  heart.cancel();
  co_return result;
}
