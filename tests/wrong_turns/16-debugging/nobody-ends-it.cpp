// Name: Nobody ends it
// Says: a task without an end is started for each guest, and nobody cancels it
// Caught-by: Fix16f_Lounge.NothingIsLeftOfAGuestWhoLeaves,
//   Fix16f_Lounge.NothingIsLeftOfAGuestWhoIsLost

aio::Coro<> welcome(std::shared_ptr<Guest> guest) {
  const auto visit = std::make_shared<Visit>(guest);
  aio::create_task(wake_up(visit), "waker of " + guest->name());
  co_await chat(visit);
}
