// Name: Given back half way
// Says: whoever is cancelled while his balance is set never comes to a line that releases the lock
// Caught-by: Fix16g_Till.ServesTheNextWhenACustomerLosesPatienceJustBeforeTheEnd

aio::Coro<bool> Till::pay(std::string account, int cents) {
  co_await at_the_bank_.acquire();
  int balance = 0;
  try {
    balance = co_await bank_.balance(account);
  } catch (...) {
    at_the_bank_.release();
    throw;
  }
  const bool enough = balance >= cents;
  if (enough) co_await bank_.set_balance(account, balance - cents);
  at_the_bank_.release();
  co_await printer_.print(receipt(enough ? "paid" : "not paid", cents));
  co_return enough;
}
