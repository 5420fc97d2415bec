// Name: A frame that is destroyed and not forgotten
// Says: your reset keeps the handle of the frame that it has destroyed, so that the next one
//   destroys it again
// Caught-by: Step1_Owner.ResetsOnce

//: 6.1
template <class Promise>
void Frame<Promise>::reset() noexcept {
  if (handle_) handle_.destroy();
}
