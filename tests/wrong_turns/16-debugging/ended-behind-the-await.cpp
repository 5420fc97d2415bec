// Name: Ended behind the await
// Says: the line that ends your task stands behind an await, and whoever is cancelled there never
//   comes to it
// Caught-by: Fix16f_Lounge.NothingIsLeftOfAGuestWhoIsThrownOut

aio::Coro<> welcome(std::shared_ptr<Guest> guest) {
  const auto visit = std::make_shared<Visit>(guest);
  const aio::Task<> waker = aio::create_task(wake_up(visit), "waker of " + guest->name());
  co_await chat(visit);
  waker.cancel();
}
