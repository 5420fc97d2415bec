// Name: CancelledError does not get through
// Says: you catch CancelledError and return: whoever cancelled the work believes that it is done
// Caught-by: Use7d_Heartbeat.StopsWhenItIsCancelled

//: use-7d
aio::Coro<std::string> with_heartbeat(aio::Coro<std::string> work, std::chrono::nanoseconds period,
                                      std::function<void()> beat) {
  const StopAtTheEnd heart(aio::create_task(beats(period, std::move(beat))));
  std::string result;
  try {
    result = co_await std::move(work);
  } catch (const aio::CancelledError&) {
  }
  co_return result;
}
