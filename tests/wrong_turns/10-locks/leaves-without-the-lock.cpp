// Name: Leaving a condition without its lock
// Says: your wait() throws CancelledError at once; whoever awaits it believes to hold the lock, and
//   releases that of another
// Caught-by: Step5_Condition.ACancelledWaitTakesTheLockAgainFirst

//: 10.5
inline Coro<> Condition::wait() {
  check_held("wait");
  Coro<bool> the_lock_again = take_lock_again();  // made now, since later nothing may fail
  lock_->release();
  bool cancelled = false;
  try {
    co_await detail::Turn(queue_, "a condition");
  } catch (const CancelledError&) {
    throw;
  }
  const bool cancelled_later = co_await std::move(the_lock_again);
  if (!cancelled && !cancelled_later) co_return;
  notify(1);  // it may have been notified, and makes no use of that
  throw CancelledError();
}
