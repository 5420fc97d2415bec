// Name: A task that nobody holds disappears
// Says: your loop keeps no task alive: a task whose handle is dropped disappears in mid-air
// From: asyncio, whose loop holds its tasks weakly: its documentation warns to keep a reference
//   (gh-88831)
// Caught-by: Step1_CreateTask.TheLoopKeepsATaskThatNobodyHolds

//: 7.1
inline TaskBase::TaskBase(EventLoop& loop, std::coroutine_handle<> frame)
    : FutureBase(loop), frame_(frame), leaf_(frame) {
  static thread_local std::uint32_t tasks_made = 0;
  id_ = ++tasks_made;
  loop.call_soon(*this);
}
