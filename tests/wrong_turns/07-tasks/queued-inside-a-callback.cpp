// Name: A callback that runs the task
// Says: you queue a callback that runs the task; the loop runs a stranger then, and cannot say
//   whose step it was
// Caught-by: Step2_OneStep.ASlowStepIsNamed

//: 7.1
inline TaskBase::TaskBase(EventLoop& loop, std::coroutine_handle<> frame)
    : FutureBase(loop), frame_(frame), leaf_(frame) {
  static thread_local std::uint32_t tasks_made = 0;
  id_ = ++tasks_made;
  add_refs(1);  // the loop's, given back by the last step or by evict()
  loop.admit(*this);
  loop.call_soon([this] { run(); });
}
