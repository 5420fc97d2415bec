// Name: Checking again after the await
// Says: your buyers check again after they have paid: nothing is sold twice, but who comes first is
//   sent home after paying
// Caught-by: Fix10b_BoxOffice.BuyersAreServedInTheOrderInWhichTheyCome

aio::Coro<bool> BoxOffice::buy(aio::Coro<> payment) {
  if (left_ == 0) co_return false;
  co_await std::move(payment);
  if (left_ == 0) co_return false;
  --left_;
  co_return true;
}
