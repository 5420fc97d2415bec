// Name: A handle that owns its callback
// Says: your callback lives only as long as its handle; who throws the handle away loses the
//   callback
// From: asyncio.create_task, whose task may be collected when nobody keeps it
//   (python/cpython#88831)
// Caught-by: Step1_CallSoon.TheCallbackNeedsNoHandle,
//   Step1_CallSoon.CancellingReleasesTheCallbackAtOnce

//: 4.1
inline Handle EventLoop::call_soon(Callback callback) {
  check_usable("call_soon");
  Ref node(new detail::Scheduled<Ready>(*this, std::move(callback)));
  ready_.push_back(*node);
  return Handle(std::move(node));
}
