// Name: A coroutine that nobody awaits
// Says: your heart does not live to its first beat: nobody starts it, since a Coro that is only
//   called does nothing, or it is stopped at once
// Caught-by: Use7d_Heartbeat.BeatsWhileTheWorkGoesOn

//: use-7d
aio::Coro<std::string> with_heartbeat(aio::Coro<std::string> work, std::chrono::nanoseconds period,
                                      std::function<void()> beat) {
  const aio::Coro<> heart = beats(period, std::move(beat));
  std::string result = co_await std::move(work);
  co_return result;
}
