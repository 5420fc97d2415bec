// Name: The way back is a call
// Says: your coroutine resumes the one that awaits it by a call: each await that ends grows the
//   stack
// From: coroutine types made before symmetric transfer
// Caught-by: Step5_Stack.AwaitsInALoopLeaveItAlone

//: 6.5
template <class T>
void CoroPromiseBase<T>::hand_back(std::coroutine_handle<>& next) const noexcept {
  continuation_.resume();
  (void)next;
}
