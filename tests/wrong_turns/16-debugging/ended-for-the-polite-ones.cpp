// Name: Ended for the polite ones
// Says: your task is cancelled where a guest says good bye; one whose connection is lost does not
//   come there
// Caught-by: Fix16f_Lounge.NothingIsLeftOfAGuestWhoIsLost

aio::Coro<> welcome(std::shared_ptr<Guest> guest) {
  const auto visit = std::make_shared<Visit>(guest);
  const aio::Task<> waker = aio::create_task(wake_up(visit), "waker of " + guest->name());
  try {
    while (const std::optional<std::string> words = co_await guest->hear()) {
      visit->heard();
      co_await guest->say(reply_to(*words));
    }
    co_await guest->say("Come again!");
    waker.cancel();
  } catch (const ConnectionLost&) {
  }
}
