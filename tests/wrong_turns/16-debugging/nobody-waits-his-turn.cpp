// Name: Nobody waits his turn
// Says: without the lock nobody is kept waiting, and several are at the bank at once
// Caught-by: Fix16g_Till.WhoLeavesTheQueueGivesNobodysPlaceAway

aio::Coro<bool> Till::pay(std::string account, int cents) {
  const int balance = co_await bank_.balance(account);
  const bool enough = balance >= cents;
  if (enough) co_await bank_.set_balance(account, balance - cents);
  co_await printer_.print(receipt(enough ? "paid" : "not paid", cents));
  co_return enough;
}
