// Name: The first beat comes too early
// Says: your heart beats first and sleeps afterwards
// Caught-by: Use7d_Heartbeat.BeatsWhileTheWorkGoesOn

//: use-7d
aio::Coro<> beats(std::chrono::nanoseconds period, std::function<void()> beat) {
  for (;;) {
    beat();
    co_await aio::sleep(period);
  }
}
