// Name: Gives back what it has not
// Says: you release the lock also where you were cancelled while you waited for it: it was another
//   one's
// Caught-by: Fix16g_Till.WhoLeavesTheQueueGivesNobodysPlaceAway

aio::Coro<bool> Till::pay(std::string account, int cents) {
  bool enough = false;
  try {
    co_await at_the_bank_.acquire();
    const int balance = co_await bank_.balance(account);
    enough = balance >= cents;
    if (enough) co_await bank_.set_balance(account, balance - cents);
  } catch (...) {
    if (at_the_bank_.locked()) at_the_bank_.release();
    throw;
  }
  at_the_bank_.release();
  co_await printer_.print(receipt(enough ? "paid" : "not paid", cents));
  co_return enough;
}
