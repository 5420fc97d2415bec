// Name: Nobody stops the heart
// Says: nobody tells the heart that the work has ended; dropping its handle stops nothing
// Caught-by: Use7d_Heartbeat.StopsWhenTheWorkIsDone

//: use-7d
aio::Coro<std::string> with_heartbeat(aio::Coro<std::string> work, std::chrono::nanoseconds period,
                                      std::function<void()> beat) {
  aio::create_task(beats(period, std::move(beat)));
  std::string result = co_await std::move(work);
  co_return result;
}
