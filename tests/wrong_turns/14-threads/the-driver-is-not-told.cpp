// Name: The driver is not told
// Says: a measurement that nobody waits for goes on, and calls your loop
// Caught-by: Fix14c_Thermometer.WhoeverIsCancelledTellsTheDriver

aio::Coro<double> Thermometer::measure() {
  aio::EventLoop& loop = aio::running_loop();
  const int number = ++measurements_;
  const aio::Future<double> measured = waiting_[number];
  driver_.begin(number, [this, &loop, number](double degrees) {
    loop.call_soon_threadsafe([this, number, degrees] { arrived(number, degrees); });
  });
  const double degrees = co_await measured;
  waiting_.erase(number);
  co_return degrees;
}
