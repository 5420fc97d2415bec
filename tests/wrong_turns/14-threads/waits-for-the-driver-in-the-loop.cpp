// Name: Waits for the driver in the loop
// Says: the loop's thread blocks until the driver has measured
// Caught-by: Fix14c_Thermometer.TheLoopIsToldByItsMailbox

aio::Coro<double> Thermometer::measure() {
  const int number = ++measurements_;
  std::atomic<bool> there = false;
  double measured = 0;
  driver_.begin(number, [&](double degrees) {
    measured = degrees;
    there = true;
    there.notify_one();
  });
  there.wait(false);
  driver_.cancel(number);
  co_return measured;
}
