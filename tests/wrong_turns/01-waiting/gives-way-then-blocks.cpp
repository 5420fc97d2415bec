// Name: Giving way, then blocking all the same
// Says: your download lets the others have a turn, then puts the whole thread to sleep
// Caught-by: Fix1b_BlockingSleep.ThePausesPassOnTheLoopsClock,
//   Fix1b_BlockingSleep.AHeartbeatGoesOnMeanwhile

aio::Coro<> download(std::string name, int parts, Arrived arrived) {
  for (int part = 1; part <= parts; ++part) {
    co_await aio::sleep(0s);
    std::this_thread::sleep_for(pause_time);
    arrived(name, part);
  }
}
