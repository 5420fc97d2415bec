// Name: Looking once instead of after each wake-up
// Says: your wait_for() takes a notification for the answer; look again, since others may have been
//   faster
// Caught-by: Step5_Condition.WaitForLooksAgainAfterEveryWakeUp

//: 10.5
template <class Predicate>
Coro<std::decay_t<std::invoke_result_t<Predicate&>>> Condition::wait_until(Predicate predicate) {
  auto answer = predicate();
  if (!answer) {
    co_await wait();
    answer = predicate();
  }
  co_return answer;
}
