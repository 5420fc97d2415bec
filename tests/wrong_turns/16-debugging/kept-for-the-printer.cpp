// Name: Kept for the printer
// Says: your guard lives to the end of the function, and everybody waits for the printer
// Caught-by: Fix16g_Till.NobodyWaitsForThePrinter

aio::Coro<bool> Till::pay(std::string account, int cents) {
  const auto turn = co_await at_the_bank_.scoped();
  const int balance = co_await bank_.balance(account);
  const bool enough = balance >= cents;
  if (enough) co_await bank_.set_balance(account, balance - cents);
  co_await printer_.print(receipt(enough ? "paid" : "not paid", cents));
  co_return enough;
}
