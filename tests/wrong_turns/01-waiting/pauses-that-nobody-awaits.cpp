// Name: Pauses that nobody awaits
// Says: your pause is made but not awaited, so no time passes in it; write co_await before it
// From: asyncio's "coroutine 'sleep' was never awaited"
// Caught-by: Fix1b_BlockingSleep.DownloadsTakeTurns,
//   Fix1b_BlockingSleep.ThePausesPassOnTheLoopsClock

aio::Coro<> download(std::string name, int parts, Arrived arrived) {
  for (int part = 1; part <= parts; ++part) {
    (void)aio::sleep(pause_time);
    arrived(name, part);
  }
  co_return;
}
