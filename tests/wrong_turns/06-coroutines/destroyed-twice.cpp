// Name: Two owners of one frame
// Says: your frame is destroyed twice: after a move the old owner still has it
// Caught-by: Step1_Owner.HandsItOverWhenItIsMoved

//: 6.1
template <class Promise>
void Frame<Promise>::take(Frame& other) noexcept {
  handle_ = other.handle_;
}
