// Name: A closed loop that takes callbacks
// Says: your call_soon takes a callback that can never run
// From: asyncio before Python 3.4.3, where call_soon on a closed loop was silent (bpo-22922)
// Caught-by: Step1_CallSoon.AClosedLoopRefuses

//: 4.1
inline Handle EventLoop::call_soon(Callback callback) {
  Ref node(new detail::Scheduled<Ready>(*this, std::move(callback)));
  node->queued();
  ready_.push_back(*node);
  return Handle(std::move(node));
}
