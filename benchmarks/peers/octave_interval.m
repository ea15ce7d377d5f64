% Octave's interval package: intervals of float64; its product and its Cholesky decomposition, both vectorised.
1;
function total = hessian_of (job)
  x = infsup ([job.inputs, ones(rows (job.inputs), 1)]);
  units = infsup (job.units);  last = infsup (job.last(:));
  [width, size_] = size (job.units);
  s = tanh (x * units');  slope = 1 - s .* s;
  residual = s * last + job.constant - job.targets(:);
  jacobian = infsup (zeros (rows (job.inputs), width * (size_ + 1) + 1));
  for i = 1:width
    jacobian(:, (i - 1) * size_ + (1:size_)) = (slope(:, i) * last(i)) .* x;
  endfor
  jacobian(:, width * size_ + (1:width)) = s;
  jacobian(:, end) = infsup (ones (rows (job.inputs), 1));
  total = jacobian' * jacobian;
  for i = 1:width
    unit = (i - 1) * size_ + (1:size_);  top = width * size_ + i;
    bent = -2 .* residual .* last(i) .* s(:, i) .* slope(:, i);
    total(unit, unit) = total(unit, unit) + x' * (bent .* x);
    mixed = x' * (residual .* slope(:, i));
    total(unit, top) = total(unit, top) + mixed;
    total(top, unit) = total(top, unit) + mixed';
  endfor
endfunction

function answer = definite (a)
  try
    chol (a);  answer = true;
  catch
    answer = false;
  end_try_catch
endfunction

pkg load interval
job = jsondecode (fileread (argv (){1}));
found = struct ();
if (strcmp (job.kind, "hessian"))
  start = cputime ();  a = hessian_of (job);  found.hessian = cputime () - start;
  n = columns (a);
  found.entries = [mid(a(1, 1)), mid(a(1, n)), mid(a(n - 1, 1)), mid(a(n - 1, 2))];
else
  a = infsup (job.matrix);
endif
a = a + job.shift * eye (columns (a));
start = cputime ();  found.answer = definite (a);  found.definite = cputime () - start;
printf ("%s\n", jsonencode (found));
