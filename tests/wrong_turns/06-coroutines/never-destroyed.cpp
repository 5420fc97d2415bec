// Name: Nobody destroys the frame
// Says: your frames are never destroyed: what the coroutine held is kept for ever
// Caught-by: Step1_Owner.DestroysItsFrameOnce

//: 6.1
template <class Promise>
void Frame<Promise>::reset() noexcept {
  handle_ = nullptr;
}
