// Name: Straight from the driver
// Says: the driver's thread touches your loop's futures
// Caught-by: Fix14c_Thermometer.TheLoopIsToldByItsMailbox

aio::Coro<double> Thermometer::measure() {
  const int number = ++measurements_;
  const aio::Future<double> measured = waiting_[number];
  driver_.begin(number, [this, number](double degrees) { arrived(number, degrees); });
  const double degrees = co_await measured;
  waiting_.erase(number);
  co_return degrees;
}
