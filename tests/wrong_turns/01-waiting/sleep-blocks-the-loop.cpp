// Name: A sleep that blocks the loop
// Says: your pause puts the thread to sleep, and the loop with it; co_await a wait of the runtime
//   instead
// From: time.sleep() inside an asyncio coroutine, the most frequent mistake of newcomers
// Caught-by: Fix1b_BlockingSleep.DownloadsTakeTurns,
//   Fix1b_BlockingSleep.ThePausesPassOnTheLoopsClock, Fix1b_BlockingSleep.AHeartbeatGoesOnMeanwhile

aio::Coro<> download(std::string name, int parts, Arrived arrived) {
  for (int part = 1; part <= parts; ++part) {
    std::this_thread::sleep_for(pause_time);
    arrived(name, part);
  }
  co_return;
}
