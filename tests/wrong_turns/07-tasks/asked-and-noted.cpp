// Name: A request is passed on and noted as well
// Says: you note every request, also one that the waiter takes: the task is cancelled although its
//   waiter has answered
// Caught-by: Step6_Cancel.AnInnerTaskMaySwallowIt

//: 7.6
inline void TaskBase::pass_on() {
  note_cancel();
  Waiter* const waiter = std::exchange(waiter_, nullptr);
  if (waiter != nullptr) waiter->cancel();
  waiter_ = waiter;
}
