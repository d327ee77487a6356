"""What distillation brings, measured: teacher, student alone, student and method, on real imagery."""
