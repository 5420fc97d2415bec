// Name: Releasing by hand
// Says: your release comes after the payment; when that throws, nobody releases, and all others
//   wait for ever
// Caught-by: Fix10b_BoxOffice.ASeatThatIsNotPaidIsForTheNext,
//   Fix10b_BoxOffice.ACancelledBuyerLeavesTheCounterFree

aio::Coro<bool> BoxOffice::buy(aio::Coro<> payment) {
  co_await counter_.acquire();
  if (left_ == 0) {
    counter_.release();
    co_return false;
  }
  co_await std::move(payment);
  --left_;
  counter_.release();
  co_return true;
}
