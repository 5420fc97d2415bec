// Name: Last in, first out
// Says: your queue runs the newest callback first
// Caught-by: Step1_CallSoon.ClosingReleasesInTheOrderOfTheCalls,
//   Step2_RunOnce.RunsInTheOrderOfTheCalls

//: 4.1
inline Handle EventLoop::call_soon(Callback callback) {
  check_usable("call_soon");
  Ref node(new detail::Scheduled<Ready>(*this, std::move(callback)));
  node->queued();
  List<Ready> first;
  first.push_back(*node);
  first.splice(ready_);
  ready_.splice(first);
  return Handle(std::move(node));
}
