// Name: A callback for each shield
// Says: each shield that is cancelled leaves a callback in the task behind it: a task that is asked
//   for again and again fills its list
// Caught-by: Step4_Shield.LeavesNothingInATaskThatGoesOn

//: 9.4
template <class A, class Handle>
bool ShieldState<A, Handle>::cancel() {
  if (!FutureBase::cancel()) return false;
  hook_.unlink();
  inner_.add_done_callback([](const Handle& inner) { report_late_failure(inner); });
  return true;
}
