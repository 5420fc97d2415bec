// Name: Giving way between the release and the wait
// Says: your wait() pauses after it has released the lock and before it is in the queue; a
//   notification in between is lost
// From: the lost wake-up of condition variables
// Caught-by: Step5_Condition.NothingIsMissedBetweenTheReleaseAndTheWait

//: 10.5
inline Coro<> Condition::wait() {
  check_held("wait");
  Coro<bool> the_lock_again = take_lock_again();  // made now, since later nothing may fail
  lock_->release();
  co_await sleep(Delay(std::chrono::nanoseconds(0)));
  bool cancelled = false;
  try {
    co_await detail::Turn(queue_, "a condition");
  } catch (const CancelledError&) {
    cancelled = true;
  }
  const bool cancelled_later = co_await std::move(the_lock_again);
  if (!cancelled && !cancelled_later) co_return;
  notify(1);  // it may have been notified, and makes no use of that
  throw CancelledError();
}
