// Name: A handle that outlives its frame
// Says: your reset destroys the frame while it still has the handle: whatever reaches the owner
//   meanwhile destroys it again
// Caught-by: Step1_Owner.IsEmptyWhileItsFrameIsDestroyed

//: 6.1
template <class Promise>
void Frame<Promise>::reset() noexcept {
  if (handle_) handle_.destroy();
  handle_ = nullptr;
}
