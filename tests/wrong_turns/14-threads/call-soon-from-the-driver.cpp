// Name: call_soon from the driver
// Says: call_soon() is for the loop's own thread
// Caught-by: Fix14c_Thermometer.TheLoopIsToldByItsMailbox

aio::Coro<double> Thermometer::measure() {
  aio::EventLoop& loop = aio::running_loop();
  const int number = ++measurements_;
  const aio::Future<double> measured = waiting_[number];
  driver_.begin(number, [this, &loop, number](double degrees) {
    loop.call_soon([this, number, degrees] { arrived(number, degrees); });
  });
  const double degrees = co_await measured;
  waiting_.erase(number);
  co_return degrees;
}
