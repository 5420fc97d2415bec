// Name: A part before its pause
// Says: your part arrives before its pause, so the first one comes at once, and nothing
//   follows the last pause
// Caught-by: Fix1b_BlockingSleep.APartArrivesAfterItsPause

aio::Coro<> download(std::string name, int parts, Arrived arrived) {
  for (int part = 1; part <= parts; ++part) {
    arrived(name, part);
    co_await aio::sleep(pause_time);
  }
}
