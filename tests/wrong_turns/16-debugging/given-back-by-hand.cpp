// Name: Given back by hand
// Says: whoever is cancelled while he has the lock never comes to the line that gives it back
// Caught-by: Fix16g_Till.ServesTheNextWhenACustomerLosesPatience

aio::Coro<bool> Till::pay(std::string account, int cents) {
  co_await at_the_bank_.acquire();
  const int balance = co_await bank_.balance(account);
  const bool enough = balance >= cents;
  if (enough) co_await bank_.set_balance(account, balance - cents);
  at_the_bank_.release();
  co_await printer_.print(receipt(enough ? "paid" : "not paid", cents));
  co_return enough;
}
