// Name: Running the callback inside call_soon
// Says: your call_soon runs the callback before it returns
// From: the many callback APIs that call back at once when they can, and later when they cannot
// Caught-by: Step1_CallSoon.QueuesTheCallback, Step1_CallSoon.RunsNothingInsideTheCall

//: 4.1
inline Handle EventLoop::call_soon(Callback callback) {
  check_usable("call_soon");
  Ref node(new detail::Scheduled<Ready>(*this, std::move(callback)));
  node->run();
  return Handle(std::move(node));
}
