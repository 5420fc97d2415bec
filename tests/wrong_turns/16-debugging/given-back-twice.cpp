// Name: Given back twice
// Says: you release the lock, and your guard releases it once more, when another customer may
//   have it: the guard has a release() of its own
// Caught-by: Fix16g_Till.WhoHasGivenItsPlaceBackDoesNotGiveAnotherOnesBack

aio::Coro<bool> Till::pay(std::string account, int cents) {
  const auto turn = co_await at_the_bank_.scoped();
  const int balance = co_await bank_.balance(account);
  const bool enough = balance >= cents;
  if (enough) co_await bank_.set_balance(account, balance - cents);
  at_the_bank_.release();
  co_await printer_.print(receipt(enough ? "paid" : "not paid", cents));
  co_return enough;
}
