// Name: The result is copied out
// Says: your await_resume copies the result; it is awaited once, so it can be moved out
// Caught-by: Step4_Resume.MovesTheValueOut

//: 6.4
template <class T>
T CoroAwaiter<T>::await_resume() {
  if constexpr (std::is_copy_constructible_v<T>) {
    return frame_.promise().result().value();
  } else {
    return std::move(frame_.promise().result()).value();
  }
}
