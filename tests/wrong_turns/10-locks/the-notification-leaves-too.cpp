// Name: Leaving with the notification
// Says: your task was notified, is cancelled, and leaves; the one who could have used the
//   notification sleeps on
// From: asyncio.Condition before 3.13 (gh-112202)
// Caught-by: Step5_Condition.ANotificationThatIsNotUsedIsPassedOn

//: 10.5
inline Coro<> Condition::wait() {
  check_held("wait");
  Coro<bool> the_lock_again = take_lock_again();  // made now, since later nothing may fail
  lock_->release();
  bool cancelled = false;
  try {
    co_await detail::Turn(queue_, "a condition");
  } catch (const CancelledError&) {
    cancelled = true;
  }
  const bool cancelled_later = co_await std::move(the_lock_again);
  if (!cancelled && !cancelled_later) co_return;
  throw CancelledError();
}
