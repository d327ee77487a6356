<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="es">
    <context>
        <name />
        <message>
            <source>Land cover 2001, Gewata</source>
            <translation>Cobertura del suelo 2001, Gewata</translation>
        </message>
        <message>
            <source>Landsat 2001, Gewata</source>
            <translation>Landsat 2001, Gewata</translation>
        </message>
    </context>
    <context>
        <name>AreaChooser</name>
        <message>
            <source>A rectangle drawn on the map</source>
            <translation>Un rectángulo dibujado en el mapa</translation>
        </message>
        <message>
            <source>Area</source>
            <translation>Área</translation>
        </message>
        <message>
            <source>At most {ground} · {pixels}</source>
            <translation>Como máximo {ground} · {pixels}</translation>
        </message>
        <message>
            <source>At most {}</source>
            <translation>Como máximo {}</translation>
        </message>
        <message>
            <source>Click, then drag a rectangle on the map. Draw again to replace it; Escape gives up.</source>
            <translation>Pulse y arrastre un rectángulo en el mapa. Dibuje de nuevo para reemplazarlo; Escape cancela.</translation>
        </message>
        <message>
            <source>Draw</source>
            <translation>Dibujar</translation>
        </message>
        <message>
            <source>How large the area is on the ground, and how many million pixels of the reference layer lie in it.</source>
            <translation>El tamaño de la zona sobre el terreno, y cuántos millones de píxeles de la capa de referencia contiene.</translation>
        </message>
        <message>
            <source>Measuring the area…</source>
            <translation>Midiendo la zona…</translation>
        </message>
        <message>
            <source>Pixels whose centre lies in one of the polygons count. All polygons of the layer are used.</source>
            <translation>Cuentan los píxeles cuyo centro está dentro de uno de los polígonos. Se usan todos los polígonos de la capa.</translation>
        </message>
        <message>
            <source>Polygon layer of the area</source>
            <translation>Capa de polígonos del área</translation>
        </message>
        <message>
            <source>Polygons of a layer</source>
            <translation>Polígonos de una capa</translation>
        </message>
        <message>
            <source>The part of the layers that is learned from and mapped. A smaller area is quicker; it should still hold every class in several places.</source>
            <translation>La parte de las capas de la que se aprende y que se cartografía. Un área menor es más rápida, pero debe contener cada clase en varios lugares.</translation>
        </message>
        <message>
            <source>What the map shows</source>
            <translation>Lo que muestra el mapa</translation>
        </message>
        <message>
            <source>Whole layers</source>
            <translation>Capas completas</translation>
        </message>
        <message>
            <source>{ground} · {pixels}</source>
            <translation>{ground} · {pixels}</translation>
        </message>
    </context>
    <context>
        <name>Backend</name>
        <message>
            <source>Open the set-up page.</source>
            <translation>Abra la página de preparación.</translation>
        </message>
        <message>
            <source>RSKD is not set up yet.</source>
            <translation>RSKD aún no está preparado.</translation>
        </message>
        <message>
            <source>Repair it on the set-up page.</source>
            <translation>Repárelo en la página de preparación.</translation>
        </message>
        <message>
            <source>Restart QGIS, or install the plugin again.</source>
            <translation>Reinicie QGIS o instale de nuevo el complemento.</translation>
        </message>
        <message>
            <source>Start it again: what was finished is kept.</source>
            <translation>Inícielo de nuevo: lo ya terminado se conserva.</translation>
        </message>
        <message>
            <source>The backend does not start with “{}”.</source>
            <translation>El backend no arranca con «{}».</translation>
        </message>
        <message>
            <source>The backend ended without a word (exit code {}).</source>
            <translation>El backend terminó sin ningún mensaje (código de salida {}).</translation>
        </message>
        <message>
            <source>The backend has not started within {} seconds.</source>
            <translation>El backend no ha arrancado en {} segundos.</translation>
        </message>
        <message>
            <source>The environment of “{python}” is not complete: {packages} missing.</source>
            <translation>El entorno de «{python}» no está completo: falta {packages}.</translation>
        </message>
        <message>
            <source>The environment “{}” is being changed.</source>
            <translation>El entorno «{}» se está modificando.</translation>
        </message>
        <message>
            <source>The plugin and its backend are of different versions.</source>
            <translation>El complemento y su backend son de versiones distintas.</translation>
        </message>
        <message>
            <source>The system stopped the job, most likely because memory ran out.</source>
            <translation>El sistema detuvo el trabajo, probablemente por falta de memoria.</translation>
        </message>
        <message>
            <source>Wait until RSKD is set up, then try again.</source>
            <translation>Espere a que RSKD esté preparado e inténtelo de nuevo.</translation>
        </message>
        <message>
            <source>“{python}” cannot be started: {reason}</source>
            <translation>No se puede iniciar «{python}»: {reason}</translation>
        </message>
    </context>
    <context>
        <name>BackendError</name>
        <message>
            <source>Another distillation is at work in “{path}”.</source>
            <translation>Ya hay otra destilación en marcha en «{path}».</translation>
        </message>
        <message>
            <source>Change these settings and start again.</source>
            <translation>Cambie estos ajustes e inicie de nuevo.</translation>
        </message>
        <message>
            <source>Check class field, classes and ignored values in the Labels section.</source>
            <translation>Compruebe el campo de clase, las clases y los valores ignorados en la sección Etiquetas.</translation>
        </message>
        <message>
            <source>Check that the file is complete and its place or server can be reached.</source>
            <translation>Compruebe que el archivo está completo y que su ubicación o servidor es accesible.</translation>
        </message>
        <message>
            <source>Check that the layers declare their nodata values; if they do, lower the learning rate.</source>
            <translation>Compruebe que las capas declaran sus valores sin datos; si es así, reduzca la tasa de aprendizaje.</translation>
        </message>
        <message>
            <source>Check the area, and that both layers have the right CRS.</source>
            <translation>Compruebe el área y que ambas capas tienen el SRC correcto.</translation>
        </message>
        <message>
            <source>Choose a larger area, or layers that have data in more of it.</source>
            <translation>Elija un área mayor, o capas con datos en una parte mayor de ella.</translation>
        </message>
        <message>
            <source>Choose a layer with these bands.</source>
            <translation>Elija una capa con estas bandas.</translation>
        </message>
        <message>
            <source>Choose another model.</source>
            <translation>Elija otro modelo.</translation>
        </message>
        <message>
            <source>Close other programs or choose a smaller area, then start again: what is finished is kept.</source>
            <translation>Cierre otros programas o elija un área menor e inicie de nuevo: lo ya terminado se conserva.</translation>
        </message>
        <message>
            <source>Compare the classes of labels and teacher, and the bands of the layers.</source>
            <translation>Compare las clases de las etiquetas y del maestro, y las bandas de las capas.</translation>
        </message>
        <message>
            <source>Free some space or choose another place. Nothing unfinished was left behind.</source>
            <translation>Libere espacio o elija otra ubicación. No ha quedado nada a medias.</translation>
        </message>
        <message>
            <source>Install the training parts on the set-up page.</source>
            <translation>Instale los componentes de entrenamiento en la página de preparación.</translation>
        </message>
        <message>
            <source>Let RSKD choose the device.</source>
            <translation>Deje que RSKD elija el dispositivo.</translation>
        </message>
        <message>
            <source>No training tile of {tile} pixels has room beside what is set aside for testing.</source>
            <translation>Ninguna tesela de entrenamiento de {tile} píxeles cabe junto a lo que se reserva para la prueba.</translation>
        </message>
        <message>
            <source>Set the layer's CRS in its properties.</source>
            <translation>Establezca el SRC de la capa en sus propiedades.</translation>
        </message>
        <message>
            <source>The area cannot be divided into parts to learn from and to test on. “{said}”</source>
            <translation>El área no se puede dividir en partes para aprender y para probar. «{said}»</translation>
        </message>
        <message>
            <source>The area of {width} × {height} pixels has no room for separate parts to learn from and to test on, with training tiles of {tile} pixels.</source>
            <translation>En el área de {width} × {height} píxeles no caben partes separadas para aprender y para probar, con teselas de entrenamiento de {tile} píxeles.</translation>
        </message>
        <message>
            <source>The classes do not fit together: the teacher knows {teacher}, and {job} are to be learned.</source>
            <translation>Las clases no concuerdan: el maestro conoce {teacher}, y se han de aprender {job}.</translation>
        </message>
        <message>
            <source>The classes or bands do not fit together. “{said}”</source>
            <translation>Las clases o las bandas no concuerdan. «{said}»</translation>
        </message>
        <message>
            <source>The device cannot be used. “{said}”</source>
            <translation>No se puede usar el dispositivo. «{said}»</translation>
        </message>
        <message>
            <source>The device “{asked}” cannot be used. “{why}”</source>
            <translation>No se puede usar el dispositivo «{asked}». «{why}»</translation>
        </message>
        <message>
            <source>The labels cannot be used like this. “{said}”</source>
            <translation>Las etiquetas no se pueden usar así. «{said}»</translation>
        </message>
        <message>
            <source>The labels hold {count} different values: too many to be classes.</source>
            <translation>Las etiquetas contienen {count} valores distintos: demasiados para ser clases.</translation>
        </message>
        <message>
            <source>The training went astray at step {step}: its loss is not a number any more.</source>
            <translation>El entrenamiento se desvió en el paso {step}: su pérdida ya no es un número.</translation>
        </message>
        <message>
            <source>There was not enough memory.</source>
            <translation>No hubo memoria suficiente.</translation>
        </message>
        <message>
            <source>These settings cannot be used. “{said}”</source>
            <translation>Estos ajustes no se pueden usar. «{said}»</translation>
        </message>
        <message>
            <source>This is an error in RSKD itself: {}</source>
            <translation>Es un error del propio RSKD: {}</translation>
        </message>
        <message>
            <source>This student needs about {needed_gb} GB of memory, which is more than it may take.</source>
            <translation>Este alumno necesita unos {needed_gb} GB de memoria, más de lo que puede ocupar.</translation>
        </message>
        <message>
            <source>Wait for it, stop it in the QGIS window where it runs, or choose another folder.</source>
            <translation>Espere a que termine, deténgala en la ventana de QGIS donde se ejecuta o elija otra carpeta.</translation>
        </message>
        <message>
            <source>{what} needs the training parts, which are not installed.</source>
            <translation>{what} necesita los componentes de entrenamiento, que no están instalados.</translation>
        </message>
        <message>
            <source>“{first}” and “{second}” do not overlap on the ground.</source>
            <translation>«{first}» y «{second}» no se superponen en el terreno.</translation>
        </message>
        <message>
            <source>“{layer}” cannot be read: {reason}</source>
            <translation>No se puede leer «{layer}»: {reason}</translation>
        </message>
        <message>
            <source>“{layer}” has no coordinate reference system.</source>
            <translation>«{layer}» no tiene sistema de referencia de coordenadas.</translation>
        </message>
        <message>
            <source>“{layer}” has no {missing}. It has {present}.</source>
            <translation>«{layer}» no tiene {missing}. Tiene {present}.</translation>
        </message>
        <message>
            <source>“{model}” cannot be used: “{reason}”</source>
            <translation>No se puede usar «{model}»: «{reason}»</translation>
        </message>
        <message>
            <source>“{path}” cannot be written: {reason}</source>
            <translation>No se puede escribir «{path}»: {reason}</translation>
        </message>
    </context>
    <context>
        <name>Bands</name>
        <message>
            <source>Blue</source>
            <translation>Azul</translation>
        </message>
        <message>
            <source>Green</source>
            <translation>Verde</translation>
        </message>
        <message>
            <source>Red</source>
            <translation>Rojo</translation>
        </message>
        <message>
            <source>{} cm</source>
            <translation>{} cm</translation>
        </message>
        <message>
            <source>{} m</source>
            <translation>{} m</translation>
        </message>
    </context>
    <context>
        <name>BandsButton</name>
        <message>
            <source>1 band</source>
            <translation>1 banda</translation>
        </message>
        <message>
            <source>All bands</source>
            <translation>Todas las bandas</translation>
        </message>
        <message>
            <source>Bands</source>
            <translation>Bandas</translation>
        </message>
        <message>
            <source>None</source>
            <translation>Ninguna</translation>
        </message>
        <message>
            <source>The bands that are used. Leave out bands without information, such as a quality mask, and bands that a finished teacher does not expect.</source>
            <translation>Las bandas que se usan. Excluya las bandas sin información, como una máscara de calidad, y las que un maestro ya entrenado no espera.</translation>
        </message>
        <message>
            <source>{ticked}/{every} bands</source>
            <translation>{ticked}/{every} bandas</translation>
        </message>
        <message>
            <source>{} bands</source>
            <translation>{} bandas</translation>
        </message>
    </context>
    <context>
        <name>Cautions</name>
        <message>
            <source>Check the area, and the layers’ nodata values.</source>
            <translation>Compruebe el área y los valores sin datos de las capas.</translation>
        </message>
        <message>
            <source>Check the teacher’s bands and classes, or take a better teacher.</source>
            <translation>Compruebe las bandas y las clases del maestro, o tome un maestro mejor.</translation>
        </message>
        <message>
            <source>Choose a map whose values are those of the labels, or that names its classes.</source>
            <translation>Elija un mapa cuyos valores sean los de las etiquetas, o que nombre sus clases.</translation>
        </message>
        <message>
            <source>Choose a smaller student.</source>
            <translation>Elija un alumno menor.</translation>
        </message>
        <message>
            <source>Cut one of them, so that they do not overlap.</source>
            <translation>Recorte una de ellas para que no se superpongan.</translation>
        </message>
        <message>
            <source>Expect worse answers.</source>
            <translation>Cuente con peores respuestas.</translation>
        </message>
        <message>
            <source>Give it more minutes, or choose a smaller student or teacher.</source>
            <translation>Dele más minutos, o elija un alumno o un maestro menor.</translation>
        </message>
        <message>
            <source>Give it {enough_minutes} minutes or more, or choose a smaller student or teacher.</source>
            <translation>Dele {enough_minutes} minutos o más, o elija un alumno o un maestro menor.</translation>
        </message>
        <message>
            <source>If its answers are poor, give mean and deviation of each band with the teacher.</source>
            <translation>Si sus respuestas son malas, indique con el maestro la media y la desviación de cada banda.</translation>
        </message>
        <message>
            <source>If that is wrong, choose a map that names its classes.</source>
            <translation>Si no es correcto, elija un mapa que nombre sus clases.</translation>
        </message>
        <message>
            <source>If that is wrong, correct the names in the table of classes.</source>
            <translation>Si no es correcto, corrija los nombres en la tabla de clases.</translation>
        </message>
        <message>
            <source>If that is wrong, give the teacher’s class names.</source>
            <translation>Si no es correcto, indique los nombres de las clases del maestro.</translation>
        </message>
        <message>
            <source>Is it the same unit and scale as in training: reflectance 0 to 1, times 10000, or 8 bit?</source>
            <translation>¿Son la misma unidad y escala que en el entrenamiento: reflectancia de 0 a 1, por 10000, u 8 bits?</translation>
        </message>
        <message>
            <source>It needs more training than usual.</source>
            <translation>Necesita más entrenamiento de lo habitual.</translation>
        </message>
        <message>
            <source>It was trained for {teacher_steps} steps only: give it more minutes.</source>
            <translation>Se entrenó solo durante {teacher_steps} pasos: dele más minutos.</translation>
        </message>
        <message>
            <source>It works with a part of its formula only; choose another recipe if the result is poor.</source>
            <translation>Funciona solo con una parte de su fórmula; elija otra receta si el resultado es malo.</translation>
        </message>
        <message>
            <source>Label more of that ground, in several places, or take these classes out.</source>
            <translation>Etiquete más terreno de ese tipo, en varios lugares, o quite estas clases.</translation>
        </message>
        <message>
            <source>Label some more ground.</source>
            <translation>Etiquete más terreno.</translation>
        </message>
        <message>
            <source>Leave out layers that it does not need.</source>
            <translation>Quite las capas que no necesita.</translation>
        </message>
        <message>
            <source>Make sure that a pixel is as large as in training.</source>
            <translation>Asegúrese de que un píxel es tan grande como en el entrenamiento.</translation>
        </message>
        <message>
            <source>No label to train on shows {classes}: neither teacher nor student will know it.</source>
            <translation>Ninguna etiqueta de entrenamiento muestra {classes}: ni el maestro ni el alumno lo conocerán.</translation>
        </message>
        <message>
            <source>No label to train on shows {classes}: the student learns it from the teacher alone.</source>
            <translation>Ninguna etiqueta de entrenamiento muestra {classes}: el alumno lo aprende solo del maestro.</translation>
        </message>
        <message>
            <source>No pixel has data in all the bands that the student needs: the map is empty.</source>
            <translation>Ningún píxel tiene datos en todas las bandas que necesita el alumno: el mapa está vacío.</translation>
        </message>
        <message>
            <source>Only one of student and layers has a place on Earth: their resolutions cannot be compared.</source>
            <translation>Entre el alumno y las capas, solo uno tiene un lugar en la Tierra: no se pueden comparar sus resoluciones.</translation>
        </message>
        <message>
            <source>Take these classes out of the labels, or choose another teacher.</source>
            <translation>Quite estas clases de las etiquetas o elija otro maestro.</translation>
        </message>
        <message>
            <source>The loss “{loss}” is made for {fewest} classes or more, and there are {classes}.</source>
            <translation>La pérdida «{loss}» está hecha para {fewest} clases o más, y hay {classes}.</translation>
        </message>
        <message>
            <source>The student does not look at {layers}.</source>
            <translation>El alumno no mira {layers}.</translation>
        </message>
        <message>
            <source>The student has {student} parameters, its teacher {teacher}: nothing will become smaller.</source>
            <translation>El alumno tiene {student} parámetros y su maestro {teacher}: nada será más pequeño.</translation>
        </message>
        <message>
            <source>The teacher is not better than its student: on ground kept aside it has a mean IoU of {teacher}, and a student trained briefly on the labels alone {student_alone}.</source>
            <translation>El maestro no es mejor que su alumno: en terreno reservado tiene un IoU medio de {teacher}, y un alumno entrenado brevemente solo con las etiquetas {student_alone}.</translation>
        </message>
        <message>
            <source>The teacher’s answers of an earlier run are damaged. They are computed again.</source>
            <translation>Las respuestas del maestro de una ejecución anterior están dañadas. Se calculan de nuevo.</translation>
        </message>
        <message>
            <source>There are no labels to train on: the student cannot be compared with one without a teacher.</source>
            <translation>No hay etiquetas con que entrenar: el alumno no se puede comparar con uno sin maestro.</translation>
        </message>
        <message>
            <source>These share ground: {scenes}. The test may show the student better than it is.</source>
            <translation>Estas comparten terreno: {scenes}. La prueba puede mostrar al alumno mejor de lo que es.</translation>
        </message>
        <message>
            <source>What was kept last of the training is damaged. It goes on from an earlier moment.</source>
            <translation>Lo último que se guardó del entrenamiento está dañado. Continúa desde un momento anterior.</translation>
        </message>
        <message>
            <source>Wrong scale? Values unlike those of training: {bands}.</source>
            <translation>¿Escala equivocada? Valores distintos de los del entrenamiento: {bands}.</translation>
        </message>
        <message>
            <source>{band}: {low} to {high}, in training {training_low} to {training_high}</source>
            <translation>{band}: de {low} a {high}, en el entrenamiento de {training_low} a {training_high}</translation>
        </message>
        <message>
            <source>{minutes} minutes buy {steps} steps of the student’s training and {teacher_steps} of the teacher’s. Below {few_steps} steps little is learned.</source>
            <translation>{minutes} minutos alcanzan para {steps} pasos del entrenamiento del alumno y {teacher_steps} del maestro. Con menos de {few_steps} pasos se aprende poco.</translation>
        </message>
        <message>
            <source>{minutes} minutes buy {steps} steps of the student’s training. Below {few_steps} steps little is learned.</source>
            <translation>{minutes} minutos alcanzan para {steps} pasos del entrenamiento del alumno. Con menos de {few_steps} pasos se aprende poco.</translation>
        </message>
        <message>
            <source>{} %</source>
            <translation>{} %</translation>
        </message>
        <message>
            <source>“{labels}” names no classes; its values were taken for classes of the same number: {pairs}.</source>
            <translation>«{labels}» no nombra clases; sus valores se tomaron por las clases del mismo número: {pairs}.</translation>
        </message>
        <message>
            <source>“{map}” names no classes, and taking its values for classes of the same number is most likely wrong: {agreement} of the labelled pixels agree with the map, and {best_agreement} would with {likelier}.</source>
            <translation>«{map}» no nombra clases, y tomar sus valores por las clases del mismo número es muy probablemente erróneo: el {agreement} de los píxeles etiquetados coincide con el mapa, y el {best_agreement} lo haría con {likelier}.</translation>
        </message>
        <message>
            <source>“{map}” names no classes; its values were taken for classes of the same number: {pairs}.</source>
            <translation>«{map}» no nombra clases; sus valores se tomaron por las clases del mismo número: {pairs}.</translation>
        </message>
        <message>
            <source>“{map}” names no classes; its values were taken for classes of the same number: {pairs}. {agreement} of the labelled pixels agree with the map.</source>
            <translation>«{map}» no nombra clases; sus valores se tomaron por las clases del mismo número: {pairs}. El {agreement} de los píxeles etiquetados coincide con el mapa.</translation>
        </message>
        <message>
            <source>“{teacher}” does not name its classes; they are taken for {classes}, in this order.</source>
            <translation>«{teacher}» no nombra sus clases; se toman por {classes}, en este orden.</translation>
        </message>
        <message>
            <source>“{teacher}” does not say how its pixel values are scaled; it gets them as they are.</source>
            <translation>«{teacher}» no dice cómo se escalan los valores de sus píxeles; los recibe tal como son.</translation>
        </message>
        <message>
            <source>“{teacher}” knows nothing of {classes}: it will teach that this never occurs.</source>
            <translation>«{teacher}» no sabe nada de {classes}: enseñará que nunca aparece.</translation>
        </message>
        <message>
            <source>“{teacher}” was made for pixels of {made_for} m and sees pixels of {sees} m.</source>
            <translation>«{teacher}» se hizo para píxeles de {made_for} m y ve píxeles de {sees} m.</translation>
        </message>
        <message>
            <source>“{weights}” was trained on {trained} bands and sees {seen} here: its first layer starts anew.</source>
            <translation>«{weights}» se entrenó con {trained} bandas y aquí ve {seen}: su primera capa empieza de cero.</translation>
        </message>
    </context>
    <context>
        <name>CheckpointTeacher</name>
        <message>
            <source>A trained network: a teacher of RSKD, a checkpoint of torchgeo or Lightning, or weights alone. Nothing in the file is run; files that hold program code are refused.</source>
            <translation>Una red entrenada: un maestro de RSKD, un punto de control de torchgeo o Lightning, o solo los pesos. No se ejecuta nada del archivo; se rechazan los archivos que contienen código de programa.</translation>
        </message>
        <message>
            <source>As the file says</source>
            <translation>Según el archivo</translation>
        </message>
        <message>
            <source>Encoder</source>
            <translation>Codificador</translation>
        </message>
        <message>
            <source>Model</source>
            <translation>Modelo</translation>
        </message>
        <message>
            <source>Network file</source>
            <translation>Archivo de la red</translation>
        </message>
        <message>
            <source>The architecture of the network. Needed only for files that hold weights and nothing else.</source>
            <translation>La arquitectura de la red. Solo es necesaria para archivos que contienen únicamente pesos.</translation>
        </message>
        <message>
            <source>The part of the network that recognises textures and shapes, for example resnet34. Needed only for files that hold weights and nothing else.</source>
            <translation>La parte de la red que reconoce texturas y formas, por ejemplo resnet34. Solo es necesaria para archivos que contienen únicamente pesos.</translation>
        </message>
        <message>
            <source>Trained networks (*.safetensors *.ckpt *.pt *.pth *.bin)</source>
            <translation>Redes entrenadas (*.safetensors *.ckpt *.pt *.pth *.bin)</translation>
        </message>
        <message>
            <source>as the file says</source>
            <translation>según el archivo</translation>
        </message>
    </context>
    <context>
        <name>ClassSurvey</name>
        <message>
            <source>Reading the classes of {}</source>
            <translation>Leyendo las clases de {}</translation>
        </message>
    </context>
    <context>
        <name>ClassTable</name>
        <message>
            <source>Automatic</source>
            <translation>Automático</translation>
        </message>
        <message>
            <source>Class</source>
            <translation>Clase</translation>
        </message>
        <message>
            <source>Classes</source>
            <translation>Clases</translation>
        </message>
        <message>
            <source>Click a colour to change it. The map, its legend and the report use these colours.</source>
            <translation>Haga clic en un color para cambiarlo. El mapa, su leyenda y el informe usan estos colores.</translation>
        </message>
        <message>
            <source>Colour</source>
            <translation>Color</translation>
        </message>
        <message>
            <source>Colour of the class</source>
            <translation>Color de la clase</translation>
        </message>
        <message>
            <source>Colour of {}</source>
            <translation>Color de {}</translation>
        </message>
        <message>
            <source>Share</source>
            <translation>Proporción</translation>
        </message>
        <message>
            <source>The classes to tell apart. Give several values the same name to merge them into one class; take the tick away from values that mean nothing, and they are ignored.</source>
            <translation>Las clases que se distinguen. Dé el mismo nombre a varios valores para unirlos en una clase; desmarque los valores sin significado y se ignorarán.</translation>
        </message>
        <message>
            <source>The colour of this class on the map, in its legend and in the report.</source>
            <translation>El color de esta clase en el mapa, en su leyenda y en el informe.</translation>
        </message>
        <message>
            <source>Value</source>
            <translation>Valor</translation>
        </message>
    </context>
    <context>
        <name>DescribeAlgorithm</name>
        <message>
            <source>All of it as a page that any browser shows.</source>
            <translation>Todo ello como una página que muestra cualquier navegador.</translation>
        </message>
        <message>
            <source>Architecture</source>
            <translation>Arquitectura</translation>
        </message>
        <message>
            <source>Bands</source>
            <translation>Bandas</translation>
        </message>
        <message>
            <source>Bands, separated by commas</source>
            <translation>Bandas, separadas por comas</translation>
        </message>
        <message>
            <source>Classes</source>
            <translation>Clases</translation>
        </message>
        <message>
            <source>Classes, separated by commas</source>
            <translation>Clases, separadas por comas</translation>
        </message>
        <message>
            <source>Created</source>
            <translation>Creado</translation>
        </message>
        <message>
            <source>Describe a student</source>
            <translation>Describir un alumno</translation>
        </message>
        <message>
            <source>Description</source>
            <translation>Descripción</translation>
        </message>
        <message>
            <source>Ground sampling distance</source>
            <translation>Distancia de muestreo del terreno</translation>
        </message>
        <message>
            <source>Ground sampling distance (m), where the student has one</source>
            <translation>Distancia de muestreo del terreno (m), si el alumno la tiene</translation>
        </message>
        <message>
            <source>HTML files (*.html)</source>
            <translation>Archivos HTML (*.html)</translation>
        </message>
        <message>
            <source>Name</source>
            <translation>Nombre</translation>
        </message>
        <message>
            <source>Parameters</source>
            <translation>Parámetros</translation>
        </message>
        <message>
            <source>Says which bands a student needs, which classes it maps, at which resolution it works and what it learned from. Nothing is run: all of it stands in the file.</source>
            <translation>Indica qué bandas necesita un alumno, qué clases cartografía, a qué resolución trabaja y de qué aprendió. No se ejecuta nada: todo consta en el archivo.</translation>
        </message>
        <message>
            <source>Student</source>
            <translation>Alumno</translation>
        </message>
        <message>
            <source>Task</source>
            <translation>Tarea</translation>
        </message>
        <message>
            <source>Teacher</source>
            <translation>Maestro</translation>
        </message>
        <message>
            <source>The file student.onnx of a distillation.</source>
            <translation>El archivo student.onnx de una destilación.</translation>
        </message>
        <message>
            <source>one pixel, whatever its size: the student learned from imagery without a place on Earth</source>
            <translation>un píxel, sea cual sea su tamaño: el alumno aprendió de imágenes sin posición en la Tierra</translation>
        </message>
        <message>
            <source>{} m</source>
            <translation>{} m</translation>
        </message>
        <message>
            <source>“{path}” cannot be written: {reason}. Choose another folder, or free some space.</source>
            <translation>No se puede escribir «{path}»: {reason}. Elija otra carpeta o libere espacio.</translation>
        </message>
        <message>
            <source>“{}” is not a student: it was not made by RSKD.</source>
            <translation>«{}» no es un alumno: no fue creado por RSKD.</translation>
        </message>
    </context>
    <context>
        <name>DiskUse</name>
        <message>
            <source>Counting RSKD's disk use</source>
            <translation>Calculando el uso de disco de RSKD</translation>
        </message>
        <message>
            <source>Counting…</source>
            <translation>Calculando…</translation>
        </message>
        <message>
            <source>Delete selected…</source>
            <translation>Eliminar lo seleccionado…</translation>
        </message>
        <message>
            <source>Delete {}? This cannot be undone.</source>
            <translation>¿Eliminar {}? Esto no se puede deshacer.</translation>
        </message>
        <message>
            <source>Deletes what is only kept to save time. Students and maps are not touched.</source>
            <translation>Elimina lo que solo se guarda para ahorrar tiempo. Los alumnos y los mapas no se tocan.</translation>
        </message>
        <message>
            <source>Disk use</source>
            <translation>Uso de disco</translation>
        </message>
        <message>
            <source>Downloads</source>
            <translation>Descargas</translation>
        </message>
        <message>
            <source>Environment</source>
            <translation>Entorno</translation>
        </message>
        <message>
            <source>Layers written for {}</source>
            <translation>Capas escritas para {}</translation>
        </message>
        <message>
            <source>Python that was fetched</source>
            <translation>Python descargado</translation>
        </message>
        <message>
            <source>RSKD</source>
            <translation>RSKD</translation>
        </message>
        <message>
            <source>RSKD keeps {}.</source>
            <translation>RSKD ocupa {}.</translation>
        </message>
        <message>
            <source>Size</source>
            <translation>Tamaño</translation>
        </message>
        <message>
            <source>Teacher's answers of {}</source>
            <translation>Respuestas del maestro de {}</translation>
        </message>
        <message>
            <source>The teacher's answers make a repeated or resumed distillation quick; without them it asks the teacher again. Layers that were written for a distillation, and tiles of web maps, are fetched again when they are needed. Downloads make the next set-up quick.</source>
            <translation>Las respuestas del maestro aceleran una destilación repetida o reanudada; sin ellas se vuelve a preguntar al maestro. Las capas escritas para una destilación y las teselas de mapas web se obtienen de nuevo cuando hacen falta. Las descargas aceleran la siguiente preparación.</translation>
        </message>
        <message>
            <source>Tiles of web maps</source>
            <translation>Teselas de mapas web</translation>
        </message>
        <message>
            <source>What</source>
            <translation>Qué</translation>
        </message>
        <message>
            <source>“{}” is in use and stays.</source>
            <translation>«{}» está en uso y se conserva.</translation>
        </message>
    </context>
    <context>
        <name>DistilAlgorithm</name>
        <message>
            <source>A class raster, or polygons with a class field. They may cover a small part of the layers.</source>
            <translation>Un ráster de clases, o polígonos con un campo de clase. Pueden cubrir una pequeña parte de las capas.</translation>
        </message>
        <message>
            <source>A larger value shows the student more of the teacher's doubt between classes; leave it empty for the recipe's own.</source>
            <translation>Un valor mayor muestra mejor al alumno las dudas del maestro entre clases; déjelo vacío para usar el de la receta.</translation>
        </message>
        <message>
            <source>A name from the list of students, or auto for the best that fits.</source>
            <translation>Un nombre de la lista de alumnos, o auto para el mejor que se ajuste.</translation>
        </message>
        <message>
            <source>A spectral index</source>
            <translation>Un índice espectral</translation>
        </message>
        <message>
            <source>A teacher is trained on labels: choose a label layer.</source>
            <translation>Un maestro se entrena con etiquetas: elija una capa de etiquetas.</translation>
        </message>
        <message>
            <source>Add the maps to the project</source>
            <translation>Añadir los mapas al proyecto</translation>
        </message>
        <message>
            <source>Also train without the teacher</source>
            <translation>Entrenar también sin maestro</translation>
        </message>
        <message>
            <source>An existing map</source>
            <translation>Un mapa existente</translation>
        </message>
        <message>
            <source>Any other keys of the job description, as JSON. They are laid over what the form says.</source>
            <translation>Otras claves de la descripción del trabajo, en JSON. Prevalecen sobre lo que dice el formulario.</translation>
        </message>
        <message>
            <source>Checkpoint</source>
            <translation>Punto de control</translation>
        </message>
        <message>
            <source>Choose the map that is to be the teacher.</source>
            <translation>Elija el mapa que será el maestro.</translation>
        </message>
        <message>
            <source>Choose the teacher's model file.</source>
            <translation>Elija el archivo del modelo del maestro.</translation>
        </message>
        <message>
            <source>Class field of polygons</source>
            <translation>Campo de clase de los polígonos</translation>
        </message>
        <message>
            <source>Class map</source>
            <translation>Mapa de clases</translation>
        </message>
        <message>
            <source>Confidence</source>
            <translation>Confianza</translation>
        </message>
        <message>
            <source>Distil a student</source>
            <translation>Destilar un alumno</translation>
        </message>
        <message>
            <source>Distillation</source>
            <translation>Destilación</translation>
        </message>
        <message>
            <source>Extent</source>
            <translation>Extensión</translation>
        </message>
        <message>
            <source>Folder for the results</source>
            <translation>Carpeta para los resultados</translation>
        </message>
        <message>
            <source>For an ONNX model or a checkpoint (.safetensors, .ckpt, .pt). Pickled code is never run.</source>
            <translation>Para un modelo ONNX o un punto de control (.safetensors, .ckpt, .pt). Nunca se ejecuta código pickle.</translation>
        </message>
        <message>
            <source>For an existing map: a raster of classes.</source>
            <translation>Para un mapa existente: un ráster de clases.</translation>
        </message>
        <message>
            <source>For published weights, for example ResNet18_Weights.SENTINEL2_ALL_MOCO.</source>
            <translation>Para pesos publicados, por ejemplo ResNet18_Weights.SENTINEL2_ALL_MOCO.</translation>
        </message>
        <message>
            <source>For the whole job. It is turned into a number of training steps from what a step takes here.</source>
            <translation>Para todo el trabajo. Se convierte en un número de pasos de entrenamiento según lo que tarda aquí cada paso.</translation>
        </message>
        <message>
            <source>Further settings (JSON)</source>
            <translation>Otros ajustes (JSON)</translation>
        </message>
        <message>
            <source>Ground sampling distance (m)</source>
            <translation>Distancia de muestreo del terreno (m)</translation>
        </message>
        <message>
            <source>Image layers</source>
            <translation>Capas de imagen</translation>
        </message>
        <message>
            <source>In a segmentation all ground that is no object is one class, the background.</source>
            <translation>En una segmentación, todo el terreno que no es objeto forma una clase, el fondo.</translation>
        </message>
        <message>
            <source>Labels</source>
            <translation>Etiquetas</translation>
        </message>
        <message>
            <source>Land cover: every pixel has a class</source>
            <translation>Cobertura del suelo: cada píxel tiene una clase</translation>
        </message>
        <message>
            <source>Mean IoU of the student</source>
            <translation>IoU medio del alumno</translation>
        </message>
        <message>
            <source>Mean IoU of the teacher</source>
            <translation>IoU medio del maestro</translation>
        </message>
        <message>
            <source>Name the classes of the index, and the thresholds between them.</source>
            <translation>Indique los nombres de las clases del índice y los umbrales entre ellas.</translation>
        </message>
        <message>
            <source>Name the published weights.</source>
            <translation>Indique el nombre de los pesos publicados.</translation>
        </message>
        <message>
            <source>ONNX model</source>
            <translation>Modelo ONNX</translation>
        </message>
        <message>
            <source>Only this part is used. Leave it empty for the whole layers.</source>
            <translation>Solo se usa esta parte. Déjelo vacío para usar las capas completas.</translation>
        </message>
        <message>
            <source>Only what lies inside these polygons is used. Give an extent or polygons, not both.</source>
            <translation>Solo se usa lo que está dentro de estos polígonos. Indique una extensión o polígonos, no ambos.</translation>
        </message>
        <message>
            <source>Opens the class map and its polygons when they are done.</source>
            <translation>Abre el mapa de clases y sus polígonos cuando están listos.</translation>
        </message>
        <message>
            <source>Polygons</source>
            <translation>Polígonos</translation>
        </message>
        <message>
            <source>Polygons to work within</source>
            <translation>Polígonos que delimitan el trabajo</translation>
        </message>
        <message>
            <source>Published weights (torchgeo)</source>
            <translation>Pesos publicados (torchgeo)</translation>
        </message>
        <message>
            <source>Recipe</source>
            <translation>Receta</translation>
        </message>
        <message>
            <source>Report</source>
            <translation>Informe</translation>
        </message>
        <message>
            <source>Segmentation: objects against a background</source>
            <translation>Segmentación: objetos sobre un fondo</translation>
        </message>
        <message>
            <source>Separated by commas, for example 0, 255. The raster's nodata value always means it.</source>
            <translation>Separados por comas, por ejemplo 0, 255. El valor sin datos del ráster siempre lo significa.</translation>
        </message>
        <message>
            <source>Student</source>
            <translation>Alumno</translation>
        </message>
        <message>
            <source>Student, maps and report go here. The same folder again goes on with what was interrupted.</source>
            <translation>Aquí se guardan el alumno, los mapas y el informe. La misma carpeta continúa lo que se interrumpió.</translation>
        </message>
        <message>
            <source>Task</source>
            <translation>Tarea</translation>
        </message>
        <message>
            <source>Teacher</source>
            <translation>Maestro</translation>
        </message>
        <message>
            <source>Teacher: map layer</source>
            <translation>Maestro: capa del mapa</translation>
        </message>
        <message>
            <source>Teacher: model file</source>
            <translation>Maestro: archivo del modelo</translation>
        </message>
        <message>
            <source>Teacher: name of weights</source>
            <translation>Maestro: nombre de los pesos</translation>
        </message>
        <message>
            <source>Temperature</source>
            <translation>Temperatura</translation>
        </message>
        <message>
            <source>The further settings are not valid JSON: {}</source>
            <translation>Los otros ajustes no son JSON válido: {}</translation>
        </message>
        <message>
            <source>The further settings must be a JSON object: {"key": value}.</source>
            <translation>Los otros ajustes deben ser un objeto JSON: {"key": value}.</translation>
        </message>
        <message>
            <source>The only honest way to see what the teacher brought. It takes about twice the time.</source>
            <translation>La única forma fiable de ver qué aportó el maestro. Requiere cerca del doble de tiempo.</translation>
        </message>
        <message>
            <source>The rest is the teacher's weight. Raise it where labels are many and better than the teacher; leave it empty for the recipe's own.</source>
            <translation>El resto es el peso del maestro. Auméntelo cuando las etiquetas sean muchas y mejores que el maestro; déjelo vacío para usar el de la receta.</translation>
        </message>
        <message>
            <source>Time budget (minutes)</source>
            <translation>Tiempo disponible (minutos)</translation>
        </message>
        <message>
            <source>Train on my labels</source>
            <translation>Entrenar con mis etiquetas</translation>
        </message>
        <message>
            <source>Trains a student, a small and fast model, to map as a large teacher does. The teacher is trained here on your labels, read from a file, an existing map, or a spectral index.

Part of the ground is kept apart for testing; the report says how good student and teacher are there. The output folder holds the student, its map as raster and polygons, and the report. Running the same form again after a stop goes on where it stopped.</source>
            <translation>Entrena un alumno, un modelo pequeño y rápido, para cartografiar como lo hace un maestro grande. El maestro se entrena aquí con sus etiquetas, se lee de un archivo, es un mapa existente o un índice espectral.

Parte del terreno se reserva para la prueba; el informe indica lo buenos que son allí el alumno y el maestro. La carpeta de salida contiene el alumno, su mapa como ráster y polígonos, y el informe. Si se ejecuta de nuevo el mismo formulario tras una parada, continúa donde se detuvo.</translation>
        </message>
        <message>
            <source>Values that mean “not labelled”</source>
            <translation>Valores que significan «sin etiqueta»</translation>
        </message>
        <message>
            <source>Weight of the labels</source>
            <translation>Peso de las etiquetas</translation>
        </message>
        <message>
            <source>What of the teacher the student learns to repeat: a name from the panel's list, auto, a file that the panel saved, or the recipe itself as JSON.</source>
            <translation>Qué aprende el alumno a repetir del maestro: un nombre de la lista del panel, auto, un archivo guardado por el panel, o la propia receta como JSON.</translation>
        </message>
        <message>
            <source>What teacher and student look at. The first layer gives the grid; the others are warped to it.</source>
            <translation>Lo que ven el maestro y el alumno. La primera capa define la cuadrícula; las demás se reproyectan a ella.</translation>
        </message>
        <message>
            <source>Where the first layer comes from a server, at any pixel size. Other layers have their own.</source>
            <translation>Si la primera capa viene de un servidor, con cualquier tamaño de píxel. Las demás capas tienen el suyo.</translation>
        </message>
        <message>
            <source>Where the student's knowledge comes from. A teacher trained on your labels is made in this run.</source>
            <translation>De dónde viene el conocimiento del alumno. Un maestro entrenado con sus etiquetas se crea en esta ejecución.</translation>
        </message>
        <message>
            <source>Write the name of the field that holds the class as it stands in the layer's properties under Fields, for example class_id. It is needed where the labels are polygons; leave it empty for a raster.</source>
            <translation>Escriba el nombre del campo que contiene la clase tal como figura en las propiedades de la capa, en Campos; por ejemplo, class_id. Hace falta si las etiquetas son polígonos; déjelo vacío si son un ráster.</translation>
        </message>
    </context>
    <context>
        <name>DistilSection</name>
        <message>
            <source> min</source>
            <translation> min</translation>
        </message>
        <message>
            <source>Also train without a teacher</source>
            <translation>Entrenar también sin maestro</translation>
        </message>
        <message>
            <source>Budget</source>
            <translation>Tiempo</translation>
        </message>
        <message>
            <source>Distil – about {}</source>
            <translation>Destilar – aprox. {}</translation>
        </message>
        <message>
            <source>Folder of the results</source>
            <translation>Carpeta de los resultados</translation>
        </message>
        <message>
            <source>Goes on from where it was paused.</source>
            <translation>Continúa desde donde se pausó.</translation>
        </message>
        <message>
            <source>Open in Processing…</source>
            <translation>Abrir en Procesos…</translation>
        </message>
        <message>
            <source>Pause</source>
            <translation>Pausar</translation>
        </message>
        <message>
            <source>Results in</source>
            <translation>Resultados en</translation>
        </message>
        <message>
            <source>Resume</source>
            <translation>Reanudar</translation>
        </message>
        <message>
            <source>Stop</source>
            <translation>Detener</translation>
        </message>
        <message>
            <source>Stops and goes back to the settings. Nothing is lost: what was done is listed above them, to be resumed or deleted.</source>
            <translation>Se detiene y vuelve a los ajustes. No se pierde nada: lo hecho aparece encima de ellos, para reanudarlo o eliminarlo.</translation>
        </message>
        <message>
            <source>Stops within a second and waits here. Resume goes on from there, even after QGIS or the computer were restarted.</source>
            <translation>Se detiene en un segundo y espera aquí. «Reanudar» continúa desde ahí, incluso tras reiniciar QGIS o el equipo.</translation>
        </message>
        <message>
            <source>The same distillation as a form of Processing, for models, batches and scripts.</source>
            <translation>La misma destilación como formulario de Procesos, para modelos, lotes y scripts.</translation>
        </message>
        <message>
            <source>Time for the whole distillation: teacher, student, comparison and map. More minutes give better students, with less and less to gain.</source>
            <translation>Tiempo para toda la destilación: maestro, alumno, comparación y mapa. Con más minutos el alumno mejora, aunque cada vez menos.</translation>
        </message>
        <message>
            <source>Trains the same student once more on your labels alone, to see what the teacher brought. It shares the minutes above: give about twice as many for the same care.</source>
            <translation>Entrena el mismo alumno otra vez solo con sus etiquetas, para ver qué aportó el maestro. Comparte los minutos de arriba: dé cerca del doble para obtener el mismo esmero.</translation>
        </message>
        <message>
            <source>Trains the student; you can go on working, pause it or stop it.</source>
            <translation>Entrena el alumno; usted puede seguir trabajando, pausarlo o detenerlo.</translation>
        </message>
        <message>
            <source>Where student, maps and report go. Leave it empty and RSKD makes a folder for each distillation; the student goes into the library in any case.</source>
            <translation>Dónde se guardan el alumno, los mapas y el informe. Si se deja vacío, RSKD crea una carpeta para cada destilación; el alumno se guarda en la biblioteca en cualquier caso.</translation>
        </message>
        <message>
            <source>[new folder]</source>
            <translation>[carpeta nueva]</translation>
        </message>
        <message>
            <source>failed</source>
            <translation>fallida</translation>
        </message>
        <message>
            <source>paused</source>
            <translation>en pausa</translation>
        </message>
        <message>
            <source>running</source>
            <translation>en marcha</translation>
        </message>
        <message>
            <source>“{}” could not be deleted: {}</source>
            <translation>No se pudo eliminar «{}»: {}</translation>
        </message>
    </context>
    <context>
        <name>Distillation</name>
        <message>
            <source>The student could not be put into the library: {}</source>
            <translation>No se pudo guardar el alumno en la biblioteca: {}</translation>
        </message>
    </context>
    <context>
        <name>Draft</name>
        <message>
            <source>Distillation</source>
            <translation>Destilación</translation>
        </message>
    </context>
    <context>
        <name>Endings</name>
        <message>
            <source>An image for each layer</source>
            <translation>Una imagen por cada capa</translation>
        </message>
        <message>
            <source>For example north_s2.tif and north_dem.tif: “north” is the place, and “_s2” and “_dem” say which layer of the student each one is.</source>
            <translation>Por ejemplo, norte_s2.tif y norte_dem.tif: «norte» es el lugar, y «_s2» y «_dem» dicen a qué capa del alumno corresponde cada una.</translation>
        </message>
        <message>
            <source>In the student's order: the bands of the first layer, then those of the second, and so on.</source>
            <translation>En el orden del alumno: las bandas de la primera capa, después las de la segunda, y así sucesivamente.</translation>
        </message>
        <message>
            <source>One image with all bands</source>
            <translation>Una imagen con todas las bandas</translation>
        </message>
        <message>
            <source>What the names of this layer's images end in, before a file's “.tif”.</source>
            <translation>En qué terminan los nombres de las imágenes de esta capa, antes del «.tif» del archivo.</translation>
        </message>
        <message>
            <source>“{}” ends in</source>
            <translation>«{}» termina en</translation>
        </message>
    </context>
    <context>
        <name>EvaluateAlgorithm</name>
        <message>
            <source>A class raster, or polygons with a class field, to compare the map with.</source>
            <translation>Un ráster de clases, o polígonos con un campo de clase, con los que comparar el mapa.</translation>
        </message>
        <message>
            <source>A raster of class values, for example one that a student has made.</source>
            <translation>Un ráster de valores de clase, por ejemplo uno hecho por un alumno.</translation>
        </message>
        <message>
            <source>All numbers</source>
            <translation>Todas las cifras</translation>
        </message>
        <message>
            <source>Class field of polygons</source>
            <translation>Campo de clase de los polígonos</translation>
        </message>
        <message>
            <source>Class map</source>
            <translation>Mapa de clases</translation>
        </message>
        <message>
            <source>Compared pixels</source>
            <translation>Píxeles comparados</translation>
        </message>
        <message>
            <source>Compares a class map with labels, pixel by pixel, and gives mean IoU, overall accuracy and kappa, with the confusion matrix and the accuracies of each class in the file.

The numbers are honest only where the labels lie on ground that neither student nor teacher was trained on. Classes are matched by name where both have names, else by value.</source>
            <translation>Compara un mapa de clases con etiquetas, píxel a píxel, y da el IoU medio, la exactitud global y el kappa, con la matriz de confusión y las exactitudes de cada clase en el archivo.

Las cifras solo son fiables si las etiquetas están en terreno con el que no se entrenó ni el alumno ni el maestro. Las clases se emparejan por nombre si ambos tienen nombres; si no, por valor.</translation>
        </message>
        <message>
            <source>Evaluate a map</source>
            <translation>Evaluar un mapa</translation>
        </message>
        <message>
            <source>JSON files (*.json)</source>
            <translation>Archivos JSON (*.json)</translation>
        </message>
        <message>
            <source>Kappa</source>
            <translation>Kappa</translation>
        </message>
        <message>
            <source>Labels</source>
            <translation>Etiquetas</translation>
        </message>
        <message>
            <source>Mean IoU</source>
            <translation>IoU medio</translation>
        </message>
        <message>
            <source>Overall accuracy</source>
            <translation>Exactitud global</translation>
        </message>
        <message>
            <source>Separated by commas, for example 0, 255. Pixels with these values are left out.</source>
            <translation>Separados por comas, por ejemplo 0, 255. Los píxeles con estos valores se excluyen.</translation>
        </message>
        <message>
            <source>The confusion matrix and the accuracies of each class besides what is shown here.</source>
            <translation>La matriz de confusión y las exactitudes de cada clase, además de lo que se muestra aquí.</translation>
        </message>
        <message>
            <source>Values that mean “not labelled”</source>
            <translation>Valores que significan «sin etiqueta»</translation>
        </message>
        <message>
            <source>Write the name of the field that holds the class as it stands in the layer's properties under Fields, for example class_id. It is needed where the labels are polygons; leave it empty for a raster.</source>
            <translation>Escriba el nombre del campo que contiene la clase tal como figura en las propiedades de la capa, en Campos; por ejemplo, class_id. Hace falta si las etiquetas son polígonos; déjelo vacío si son un ráster.</translation>
        </message>
    </context>
    <context>
        <name>Expectation</name>
        <message>
            <source>Does not know {}. Where these lie in the area, take their ticks away or give them names that it knows.</source>
            <translation>No conoce {}. Si están en la zona, quíteles la marca o deles nombres que conozca.</translation>
        </message>
        <message>
            <source>Expects one band – you have {have}.</source>
            <translation>Espera una banda – usted tiene {have}.</translation>
        </message>
        <message>
            <source>Expects the bands in this order: {needed} – yours come as {have}.</source>
            <translation>Espera las bandas en este orden: {needed} – las suyas vienen como {have}.</translation>
        </message>
        <message>
            <source>Expects the bands {}. Yours have other names and are taken in this order: check that it is so.</source>
            <translation>Espera las bandas {}. Las suyas tienen otros nombres y se toman en este orden: compruebe que es así.</translation>
        </message>
        <message>
            <source>Expects {needed} bands – found by name among your {have}.</source>
            <translation>Espera {needed} bandas – encontradas por su nombre entre las {have} que usted tiene.</translation>
        </message>
        <message>
            <source>Expects {needed} bands – of these, yours lack {missing}.</source>
            <translation>Espera {needed} bandas – de ellas faltan en las suyas {missing}.</translation>
        </message>
        <message>
            <source>Expects {needed} bands – you have {have}.</source>
            <translation>Espera {needed} bandas – usted tiene {have}.</translation>
        </message>
        <message>
            <source>Knows all of your labels' classes: {}.</source>
            <translation>Conoce todas las clases de sus etiquetas: {}.</translation>
        </message>
        <message>
            <source>Knows none of your labels' classes. It knows {}.</source>
            <translation>No conoce ninguna clase de sus etiquetas. Conoce {}.</translation>
        </message>
        <message>
            <source>Tells {own} classes apart – your labels have {labels}.</source>
            <translation>Distingue {own} clases – sus etiquetas tienen {labels}.</translation>
        </message>
    </context>
    <context>
        <name>ExpertBox</name>
        <message>
            <source>Choices that have a good default. Open it only if you know what you want to try.</source>
            <translation>Opciones con un buen valor predeterminado. Ábralo solo si sabe qué quiere probar.</translation>
        </message>
        <message>
            <source>For experts</source>
            <translation>Para expertos</translation>
        </message>
    </context>
    <context>
        <name>Export</name>
        <message>
            <source>Check the connection to its server, then try again.</source>
            <translation>Compruebe la conexión con su servidor e inténtelo de nuevo.</translation>
        </message>
        <message>
            <source>Check the free space and your permissions, or choose another folder.</source>
            <translation>Compruebe el espacio libre y sus permisos, o elija otra carpeta.</translation>
        </message>
        <message>
            <source>Choose another area, or leave the layer out.</source>
            <translation>Elija otra área o excluya la capa.</translation>
        </message>
        <message>
            <source>its source does not answer</source>
            <translation>su fuente no responde</translation>
        </message>
        <message>
            <source>the disk may be full</source>
            <translation>el disco puede estar lleno</translation>
        </message>
        <message>
            <source>“{layer}” could not be read: {reason}.</source>
            <translation>No se pudo leer «{layer}»: {reason}.</translation>
        </message>
        <message>
            <source>“{layer}” does not reach into the area.</source>
            <translation>«{layer}» no llega al área.</translation>
        </message>
        <message>
            <source>“{path}” cannot be written: {reason}.</source>
            <translation>No se puede escribir «{path}»: {reason}.</translation>
        </message>
    </context>
    <context>
        <name>Failure</name>
        <message>
            <source>Close</source>
            <translation>Cerrar</translation>
        </message>
        <message>
            <source>Copies message and details, for a report.</source>
            <translation>Copia el mensaje y los detalles, para informar del error.</translation>
        </message>
        <message>
            <source>Copy</source>
            <translation>Copiar</translation>
        </message>
        <message>
            <source>Details</source>
            <translation>Detalles</translation>
        </message>
        <message>
            <source>Goes back to the settings; the job can be resumed later.</source>
            <translation>Vuelve a los ajustes; el trabajo se puede reanudar más tarde.</translation>
        </message>
        <message>
            <source>Goes to the section where it is said and put right.</source>
            <translation>Va a la sección donde se dice y se corrige.</translation>
        </message>
        <message>
            <source>It happened here: {}.</source>
            <translation>Ocurrió aquí: {}.</translation>
        </message>
        <message>
            <source>Opens the page that installs what is missing.</source>
            <translation>Abre la página que instala lo que falta.</translation>
        </message>
        <message>
            <source>Runs the same job again; what was finished is not repeated.</source>
            <translation>Ejecuta de nuevo el mismo trabajo; lo ya terminado no se repite.</translation>
        </message>
        <message>
            <source>Set up…</source>
            <translation>Preparar…</translation>
        </message>
        <message>
            <source>Show what is wrong</source>
            <translation>Mostrar qué falla</translation>
        </message>
        <message>
            <source>The distillation cannot go on like this.</source>
            <translation>La destilación no puede continuar así.</translation>
        </message>
        <message>
            <source>Try again from where it stopped</source>
            <translation>Reintentar desde donde se detuvo</translation>
        </message>
    </context>
    <context>
        <name>Figures</name>
        <message>
            <source>As measured on this machine on {}, beside whatever else was at work.</source>
            <translation>Tal como se midió en este equipo el {}, con todo lo demás que estuviera trabajando.</translation>
        </message>
        <message>
            <source>As measured on this machine, beside whatever else was at work.</source>
            <translation>Tal como se midió en este equipo, con todo lo demás que estuviera trabajando.</translation>
        </message>
        <message>
            <source>about {} left</source>
            <translation>quedan aprox. {}</translation>
        </message>
        <message>
            <source>less than a minute left</source>
            <translation>queda menos de un minuto</translation>
        </message>
        <message>
            <source>today</source>
            <translation>hoy</translation>
        </message>
        <message>
            <source>yesterday</source>
            <translation>ayer</translation>
        </message>
        <message>
            <source>{} %</source>
            <translation>{} %</translation>
        </message>
        <message>
            <source>{} GB</source>
            <translation>{} GB</translation>
        </message>
        <message>
            <source>{} MB</source>
            <translation>{} MB</translation>
        </message>
        <message>
            <source>{} h</source>
            <translation>{} h</translation>
        </message>
        <message>
            <source>{} ha</source>
            <translation>{} ha</translation>
        </message>
        <message>
            <source>{} km²</source>
            <translation>{} km²</translation>
        </message>
        <message>
            <source>{} megapixels</source>
            <translation>{} megapíxeles</translation>
        </message>
        <message>
            <source>{} million</source>
            <translation>{} millones</translation>
        </message>
        <message>
            <source>{} min</source>
            <translation>{} min</translation>
        </message>
        <message>
            <source>{} ms per megapixel</source>
            <translation>{} ms por megapíxel</translation>
        </message>
        <message>
            <source>{} m²</source>
            <translation>{} m²</translation>
        </message>
        <message>
            <source>{} s</source>
            <translation>{} s</translation>
        </message>
        <message>
            <source>{} s per megapixel</source>
            <translation>{} s por megapíxel</translation>
        </message>
        <message>
            <source>{} thousand</source>
            <translation>{} mil</translation>
        </message>
    </context>
    <context>
        <name>FileTeacher</name>
        <message>
            <source>Class names</source>
            <translation>Nombres de las clases</translation>
        </message>
        <message>
            <source>Deviation</source>
            <translation>Desviación</translation>
        </message>
        <message>
            <source>Mean</source>
            <translation>Media</translation>
        </message>
        <message>
            <source>The model's classes in its own order, with commas between them. Needed only if the file does not name them; names that your labels have, too, are matched.</source>
            <translation>Las clases del modelo en su propio orden, separadas por comas. Solo son necesarias si el archivo no las nombra; los nombres que también tienen sus etiquetas se emparejan.</translation>
        </message>
        <message>
            <source>What each band is divided by after the mean was subtracted, with commas between them. Needed only if the model's makers scaled the pixels and the file does not say how.</source>
            <translation>Por cuánto se divide cada banda tras restar la media, con valores separados por comas. Solo es necesario si los autores del modelo escalaron los píxeles y el archivo no dice cómo.</translation>
        </message>
        <message>
            <source>What is subtracted from each band, in the layer's own units, with commas between them. Needed only if the model's makers scaled the pixels and the file does not say how.</source>
            <translation>Cuánto se resta a cada banda, en las unidades de la capa, con valores separados por comas. Solo es necesario si los autores del modelo escalaron los píxeles y el archivo no dice cómo.</translation>
        </message>
        <message>
            <source>as the file says</source>
            <translation>según el archivo</translation>
        </message>
    </context>
    <context>
        <name>Fit</name>
        <message>
            <source>A student and imagery of which only one has a place on Earth cannot be compared.</source>
            <translation>No se pueden comparar un alumno y unas imágenes si solo uno de los dos está georreferenciado.</translation>
        </message>
        <message>
            <source>Choose a layer for “{}”.</source>
            <translation>Elija una capa para «{}».</translation>
        </message>
        <message>
            <source>Expects {needed} bands; “{layer}” has {have}.</source>
            <translation>Bandas que espera: {needed}; «{layer}» tiene {have}.</translation>
        </message>
        <message>
            <source>Expects {}.</source>
            <translation>Espera {}.</translation>
        </message>
        <message>
            <source>{count} bands</source>
            <translation>{count} bandas</translation>
        </message>
        <message>
            <source>{count} bands of “{layer}”</source>
            <translation>{count} bandas de «{layer}»</translation>
        </message>
        <message>
            <source>{} and {} more</source>
            <translation>{} y {} más</translation>
        </message>
        <message>
            <source>{} m a pixel</source>
            <translation>{} m por píxel</translation>
        </message>
        <message>
            <source>“{layer}” has no {missing}.</source>
            <translation>«{layer}» no tiene {missing}.</translation>
        </message>
        <message>
            <source>“{layer}” has {have} m a pixel and is resampled to the student’s {wanted} m.</source>
            <translation>«{layer}» tiene {have} m por píxel y se remuestrea a los {wanted} m del alumno.</translation>
        </message>
        <message>
            <source>“{layer}”: bands are taken in their order, {pairs}.</source>
            <translation>«{layer}»: las bandas se toman en su orden, {pairs}.</translation>
        </message>
        <message>
            <source>“{}” has all the bands that it expects.</source>
            <translation>«{}» tiene todas las bandas que espera.</translation>
        </message>
    </context>
    <context>
        <name>Header</name>
        <message>
            <source>Every pixel belongs to one of several classes. What is not labelled is unknown, not a class.</source>
            <translation>Cada píxel pertenece a una de varias clases. Lo que no está etiquetado es desconocido, no una clase.</translation>
        </message>
        <message>
            <source>Help</source>
            <translation>Ayuda</translation>
        </message>
        <message>
            <source>Land cover</source>
            <translation>Cobertura del suelo</translation>
        </message>
        <message>
            <source>Objects such as buildings or fields against a background. Around your labelled polygons, what no polygon covers is background.</source>
            <translation>Objetos, como edificios o parcelas, sobre un fondo. Alrededor de sus polígonos etiquetados, lo que ningún polígono cubre es fondo.</translation>
        </message>
        <message>
            <source>Segmentation</source>
            <translation>Segmentación</translation>
        </message>
        <message>
            <source>Set-up</source>
            <translation>Preparación</translation>
        </message>
        <message>
            <source>The Python environment in which models are trained and run: make, repair or remove it.</source>
            <translation>El entorno de Python en el que se entrenan y aplican los modelos: crearlo, repararlo o eliminarlo.</translation>
        </message>
        <message>
            <source>What to do, step by step.</source>
            <translation>Qué hacer, paso a paso.</translation>
        </message>
    </context>
    <context>
        <name>HelpPage</name>
        <message>
            <source>&lt;h3&gt;Small, fast models from large ones&lt;/h3&gt;&lt;p&gt;A large model, the &lt;i&gt;teacher&lt;/i&gt;, makes good maps slowly. RSKD trains a small model, the &lt;i&gt;student&lt;/i&gt;, to answer as the teacher does: it makes the same kind of map many times faster, on an ordinary computer.&lt;/p&gt;&lt;ol&gt;&lt;li&gt;&lt;b&gt;Layers.&lt;/b&gt; Tick the images. Switch off what the teacher or the student is not to see.&lt;/li&gt;&lt;li&gt;&lt;b&gt;Labels.&lt;/b&gt; If you know the classes at some places, choose that layer. With labels the result is also measured: a part of them is kept aside for it.&lt;/li&gt;&lt;li&gt;&lt;b&gt;Teacher.&lt;/b&gt; Let one be trained on your labels, or take a finished model or map.&lt;/li&gt;&lt;li&gt;&lt;b&gt;Student.&lt;/b&gt; How small and fast it has to be. The default suits most computers.&lt;/li&gt;&lt;li&gt;&lt;b&gt;Distil.&lt;/b&gt; One click. You can go on working, pause it, and go on later.&lt;/li&gt;&lt;/ol&gt;&lt;p&gt;The map arrives in a group of layers. The student is kept: run it on other images with &lt;i&gt;Run on layer&lt;/i&gt;, or with the RSKD algorithms of the Processing toolbox.&lt;/p&gt;&lt;p&gt;Every field says what it is for when the mouse rests on it.&lt;/p&gt;</source>
            <translation>&lt;h3&gt;Modelos pequeños y rápidos a partir de grandes&lt;/h3&gt;&lt;p&gt;Un modelo grande, el &lt;i&gt;maestro&lt;/i&gt;, hace buenos mapas despacio. RSKD entrena un modelo pequeño, el &lt;i&gt;alumno&lt;/i&gt;, para que responda como el maestro: hace el mismo tipo de mapa muchas veces más rápido, en un equipo corriente.&lt;/p&gt;&lt;ol&gt;&lt;li&gt;&lt;b&gt;Capas.&lt;/b&gt; Marque las imágenes. Desactive lo que el maestro o el alumno no deba ver.&lt;/li&gt;&lt;li&gt;&lt;b&gt;Etiquetas.&lt;/b&gt; Si conoce las clases en algunos lugares, elija esa capa. Con etiquetas, además, se mide el resultado: una parte de ellas se reserva para ello.&lt;/li&gt;&lt;li&gt;&lt;b&gt;Maestro.&lt;/b&gt; Deje que se entrene uno con sus etiquetas, o use un modelo o mapa ya terminado.&lt;/li&gt;&lt;li&gt;&lt;b&gt;Alumno.&lt;/b&gt; Lo pequeño y rápido que debe ser. El valor predeterminado sirve para la mayoría de los equipos.&lt;/li&gt;&lt;li&gt;&lt;b&gt;Destilar.&lt;/b&gt; Un clic. Puede seguir trabajando, pausar la destilación y continuar más tarde.&lt;/li&gt;&lt;/ol&gt;&lt;p&gt;El mapa llega en un grupo de capas. El alumno se conserva: aplíquelo a otras imágenes con &lt;i&gt;Aplicar a capa&lt;/i&gt;, o con los algoritmos de RSKD de la caja de herramientas de Procesos.&lt;/p&gt;&lt;p&gt;Cada campo dice para qué sirve al situar el ratón sobre él.&lt;/p&gt;</translation>
        </message>
        <message>
            <source>Back</source>
            <translation>Atrás</translation>
        </message>
        <message>
            <source>Opens a Landsat image with labels and a finished teacher; one click on “Distil” leads to a result.</source>
            <translation>Abre una imagen Landsat con etiquetas y un maestro terminado; un clic en «Destilar» lleva a un resultado.</translation>
        </message>
        <message>
            <source>Try the sample</source>
            <translation>Probar el ejemplo</translation>
        </message>
    </context>
    <context>
        <name>IndexClasses</name>
        <message>
            <source>Add a class</source>
            <translation>Añadir una clase</translation>
        </message>
        <message>
            <source>Class</source>
            <translation>Clase</translation>
        </message>
        <message>
            <source>Class {}</source>
            <translation>Clase {}</translation>
        </message>
        <message>
            <source>Class {} begins at</source>
            <translation>La clase {} empieza en</translation>
        </message>
        <message>
            <source>One more class above the highest. Its values begin where the class before it ends.</source>
            <translation>Una clase más por encima de la más alta. Sus valores empiezan donde termina la clase anterior.</translation>
        </message>
        <message>
            <source>Take class {} away</source>
            <translation>Quitar la clase {}</translation>
        </message>
        <message>
            <source>Takes this class away; the one below it gets its values.</source>
            <translation>Quita esta clase; sus valores pasan a la clase inferior.</translation>
        </message>
        <message>
            <source>The value of the index from which a pixel is of this class. Look at the index in QGIS’s raster calculator to find it.</source>
            <translation>El valor del índice a partir del cual un píxel es de esta clase. Para encontrarlo, examine el índice con la calculadora ráster de QGIS.</translation>
        </message>
        <message>
            <source>What the ground with these values is called. With labels, choose the names of their classes; two rows may have the same name.</source>
            <translation>Cómo se llama el terreno con estos valores. Si hay etiquetas, elija los nombres de sus clases; dos filas pueden tener el mismo nombre.</translation>
        </message>
        <message>
            <source>class {}</source>
            <translation>clase {}</translation>
        </message>
        <message>
            <source>from</source>
            <translation>desde</translation>
        </message>
        <message>
            <source>{0} below {1}</source>
            <translation>{0} por debajo de {1}</translation>
        </message>
        <message>
            <source>{0} from {1} on</source>
            <translation>{0} a partir de {1}</translation>
        </message>
        <message>
            <source>{0} from {1} to {2}</source>
            <translation>{0} de {1} a {2}</translation>
        </message>
        <message>
            <source>{0}: {1}.</source>
            <translation>{0}: {1}.</translation>
        </message>
    </context>
    <context>
        <name>IndexFields</name>
        <message>
            <source>Any two bands</source>
            <translation>Dos bandas cualesquiera</translation>
        </message>
        <message>
            <source>For a spectral index: the difference of two bands, divided by their sum.</source>
            <translation>Para un índice espectral: la diferencia de dos bandas, dividida por su suma.</translation>
        </message>
        <message>
            <source>Names from the lowest values to the highest, with commas, for example bare, grass, forest.</source>
            <translation>Nombres desde los valores más bajos hasta los más altos, separados por comas; por ejemplo, desnudo, hierba, bosque.</translation>
        </message>
        <message>
            <source>Teacher: bands of the index</source>
            <translation>Maestro: bandas del índice</translation>
        </message>
        <message>
            <source>Teacher: classes of the index</source>
            <translation>Maestro: clases del índice</translation>
        </message>
        <message>
            <source>Teacher: index</source>
            <translation>Maestro: índice</translation>
        </message>
        <message>
            <source>Teacher: thresholds of the index</source>
            <translation>Maestro: umbrales del índice</translation>
        </message>
        <message>
            <source>The thresholds of the index must be numbers: {}</source>
            <translation>Los umbrales del índice deben ser números: {}</translation>
        </message>
        <message>
            <source>The values between its classes, rising, with spaces between them, for example 0.2 0.5.</source>
            <translation>Los valores que separan sus clases, en orden creciente y separados por espacios; por ejemplo, 0.2 0.5.</translation>
        </message>
        <message>
            <source>Two names with a comma between them; leave it empty where the layers’ bands say what they are.</source>
            <translation>Dos nombres separados por una coma; déjelo vacío si los nombres de las bandas de las capas dicen cuáles son.</translation>
        </message>
    </context>
    <context>
        <name>IndexTeacher</name>
        <message>
            <source>A band of the layers that the teacher sees. It is found by its name where the name says what it is; choose another where that is wrong.</source>
            <translation>Una banda de las capas que ve el maestro. Se encuentra por su nombre si este dice qué es; elija otra si no es correcta.</translation>
        </message>
        <message>
            <source>Any two bands</source>
            <translation>Dos bandas cualesquiera</translation>
        </message>
        <message>
            <source>Band {}</source>
            <translation>Banda {}</translation>
        </message>
        <message>
            <source>Choose a band</source>
            <translation>Elija una banda</translation>
        </message>
        <message>
            <source>Green</source>
            <translation>Verde</translation>
        </message>
        <message>
            <source>How fast doubt gives way beside a threshold, in units of the index: at this distance the class is about three quarters sure. Raise it where the threshold is only roughly known.</source>
            <translation>Con qué rapidez cede la duda junto a un umbral, en unidades del índice: a esta distancia la clase es segura en unas tres cuartas partes. Auméntela si el umbral solo se conoce de forma aproximada.</translation>
        </message>
        <message>
            <source>Index</source>
            <translation>Índice</translation>
        </message>
        <message>
            <source>MNDWI – water beside buildings</source>
            <translation>MNDWI – agua junto a edificios</translation>
        </message>
        <message>
            <source>NBR – burnt ground</source>
            <translation>NBR – terreno quemado</translation>
        </message>
        <message>
            <source>NDBI – built-up ground</source>
            <translation>NDBI – terreno edificado</translation>
        </message>
        <message>
            <source>NDSI – snow</source>
            <translation>NDSI – nieve</translation>
        </message>
        <message>
            <source>NDVI – vegetation</source>
            <translation>NDVI – vegetación</translation>
        </message>
        <message>
            <source>NDWI – open water</source>
            <translation>NDWI – agua abierta</translation>
        </message>
        <message>
            <source>Near infrared</source>
            <translation>Infrarrojo cercano</translation>
        </message>
        <message>
            <source>No answer within</source>
            <translation>Sin respuesta a menos de</translation>
        </message>
        <message>
            <source>Pixels whose value is this close to a threshold teach nothing, in units of the index. Raise it where classes mix beside the threshold; 0 uses every pixel.</source>
            <translation>Los píxeles cuyo valor está así de cerca de un umbral no enseñan nada, en unidades del índice. Auméntelo si las clases se mezclan junto al umbral; con 0 se usan todos los píxeles.</translation>
        </message>
        <message>
            <source>Red</source>
            <translation>Rojo</translation>
        </message>
        <message>
            <source>Short-wave infrared</source>
            <translation>Infrarrojo de onda corta</translation>
        </message>
        <message>
            <source>Short-wave infrared 2</source>
            <translation>Infrarrojo de onda corta 2</translation>
        </message>
        <message>
            <source>Softness</source>
            <translation>Suavidad</translation>
        </message>
        <message>
            <source>The difference of two bands, divided by their sum: a value from -1 to 1 that tells certain ground from the rest. It needs no model and no labels.</source>
            <translation>La diferencia de dos bandas, dividida por su suma: un valor de -1 a 1 que distingue cierto terreno del resto. No necesita modelo ni etiquetas.</translation>
        </message>
        <message>
            <source>The index</source>
            <translation>El índice</translation>
        </message>
        <message>
            <source>built-up</source>
            <translation>edificado</translation>
        </message>
        <message>
            <source>burnt</source>
            <translation>quemado</translation>
        </message>
        <message>
            <source>high</source>
            <translation>alto</translation>
        </message>
        <message>
            <source>land</source>
            <translation>tierra</translation>
        </message>
        <message>
            <source>low</source>
            <translation>bajo</translation>
        </message>
        <message>
            <source>other</source>
            <translation>otros</translation>
        </message>
        <message>
            <source>snow</source>
            <translation>nieve</translation>
        </message>
        <message>
            <source>vegetation</source>
            <translation>vegetación</translation>
        </message>
        <message>
            <source>water</source>
            <translation>agua</translation>
        </message>
        <message>
            <source>{0} is ({1} - {2}) / ({1} + {2}).</source>
            <translation>{0} es ({1} - {2}) / ({1} + {2}).</translation>
        </message>
    </context>
    <context>
        <name>JobTask</name>
        <message>
            <source>{} – stopped</source>
            <translation>{} – detenida</translation>
        </message>
    </context>
    <context>
        <name>Keeping</name>
        <message>
            <source>The label layer is no longer in the project.</source>
            <translation>La capa de etiquetas ya no está en el proyecto.</translation>
        </message>
        <message>
            <source>The layer of the area is no longer in the project.</source>
            <translation>La capa del área ya no está en el proyecto.</translation>
        </message>
        <message>
            <source>The project's RSKD settings are damaged and were not used.</source>
            <translation>Los ajustes de RSKD del proyecto están dañados y no se han usado.</translation>
        </message>
        <message>
            <source>The teacher's map is no longer in the project.</source>
            <translation>El mapa del maestro ya no está en el proyecto.</translation>
        </message>
        <message>
            <source>“{}” is no longer in the project.</source>
            <translation>«{}» ya no está en el proyecto.</translation>
        </message>
        <message>
            <source>“{}” of the project's RSKD settings cannot be used and was left out.</source>
            <translation>«{}», de los ajustes de RSKD del proyecto, no se puede usar y se ha omitido.</translation>
        </message>
    </context>
    <context>
        <name>LabelsSection</name>
        <message>
            <source>1 class</source>
            <translation>1 clase</translation>
        </message>
        <message>
            <source>A raster of classes, or polygons with a class field: places where you know what is on the ground. They need not cover everything; a few places of each class, spread over the area, go a long way.</source>
            <translation>Un ráster de clases, o polígonos con un campo de clase: lugares donde sabe qué hay en el terreno. No hace falta que lo cubran todo; unos pocos lugares de cada clase, repartidos por el área, dan mucho de sí.</translation>
        </message>
        <message>
            <source>About how much of the labelled ground inside the area has this value. The area is so large that not every pixel was looked at: a rare value may be there though none is shown.</source>
            <translation>Qué parte, aproximadamente, del terreno etiquetado dentro de la zona tiene este valor. La zona es tan grande que no se miró cada píxel: un valor poco frecuente puede estar aunque no se muestre nada.</translation>
        </message>
        <message>
            <source>About {} of the area is labelled.</source>
            <translation>Aproximadamente el {} de la zona está etiquetado.</translation>
        </message>
        <message>
            <source>Class field</source>
            <translation>Campo de clase</translation>
        </message>
        <message>
            <source>Few labels, if any, lie in this large area: how many is not known.</source>
            <translation>En esta zona tan grande hay pocas etiquetas, si hay alguna: no se sabe cuántas.</translation>
        </message>
        <message>
            <source>How much of the labelled ground inside the area has this value.</source>
            <translation>Qué parte del terreno etiquetado dentro de la zona tiene este valor.</translation>
        </message>
        <message>
            <source>How much of the labelled ground inside the area has this value; not known yet.</source>
            <translation>Qué parte del terreno etiquetado dentro de la zona tiene este valor; aún no se sabe.</translation>
        </message>
        <message>
            <source>How much of the labelled ground of the whole layer has this value.</source>
            <translation>Qué parte del terreno etiquetado de toda la capa tiene este valor.</translation>
        </message>
        <message>
            <source>Label layer</source>
            <translation>Capa de etiquetas</translation>
        </message>
        <message>
            <source>Layer</source>
            <translation>Capa</translation>
        </message>
        <message>
            <source>No labels</source>
            <translation>Sin etiquetas</translation>
        </message>
        <message>
            <source>Not labelled</source>
            <translation>Sin etiquetar</translation>
        </message>
        <message>
            <source>Of those to learn from only {} are used, as if no more had been mapped: this shows what a teacher brings where labels are few.</source>
            <translation>De las que sirven para aprender solo se usa el {}, como si no se hubiera cartografiado más: así se ve qué aporta un maestro donde hay pocas etiquetas.</translation>
        </message>
        <message>
            <source>Read again</source>
            <translation>Leer de nuevo</translation>
        </message>
        <message>
            <source>Reading the classes was stopped. Without them, the labels are used as they are.</source>
            <translation>Se detuvo la lectura de las clases. Sin ellas, las etiquetas se usan tal como están.</translation>
        </message>
        <message>
            <source>Reading the classes…</source>
            <translation>Leyendo las clases…</translation>
        </message>
        <message>
            <source>Reads the classes of the label layer.</source>
            <translation>Lee las clases de la capa de etiquetas.</translation>
        </message>
        <message>
            <source>The field that holds the class, as a whole number or as text. Features without a value are skipped.</source>
            <translation>El campo que contiene la clase, como número entero o como texto. Los objetos espaciales sin valor se omiten.</translation>
        </message>
        <message>
            <source>The ground is parted in blocks, so that the student is tested where it has never been. The report says how large the parts became and how well the student does on the last one.</source>
            <translation>El terreno se divide en bloques, para probar al alumno donde nunca ha estado. El informe dice qué tamaño tienen las partes y cómo le va al alumno en la última.</translation>
        </message>
        <message>
            <source>The labels are divided by place into three parts: to learn from, to check on while learning, and to test the student at the end.</source>
            <translation>Las etiquetas se reparten por lugares en tres partes: para aprender, para comprobar durante el aprendizaje y para probar al alumno al final.</translation>
        </message>
        <message>
            <source>The labels are divided by place: about {train} to learn from, {validation} to check on while learning, {test} to test the student at the end.</source>
            <translation>Las etiquetas se reparten por lugares: aproximadamente {train} para aprender, {validation} para comprobar durante el aprendizaje, {test} para probar al alumno al final.</translation>
        </message>
        <message>
            <source>The labels are divided by place: {train} to learn from, {validation} to check on while learning, {test} to test the student at the end.</source>
            <translation>Las etiquetas se reparten por lugares: {train} para aprender, {validation} para comprobar durante el aprendizaje, {test} para probar al alumno al final.</translation>
        </message>
        <message>
            <source>Values that mean not labelled</source>
            <translation>Valores que significan sin etiquetar</translation>
        </message>
        <message>
            <source>Values that mean “not labelled”, separated by commas, for example 0, 255. The layer's nodata value always does.</source>
            <translation>Valores que significan «sin etiquetar», separados por comas, por ejemplo 0, 255. El valor sin datos de la capa siempre lo significa.</translation>
        </message>
        <message>
            <source>Where no polygon lies is background.</source>
            <translation>Donde no hay ningún polígono es fondo.</translation>
        </message>
        <message>
            <source>Without labels the student learns from the teacher alone.</source>
            <translation>Sin etiquetas, el alumno aprende solo del maestro.</translation>
        </message>
        <message>
            <source>none</source>
            <translation>ninguno</translation>
        </message>
        <message>
            <source>{} classes</source>
            <translation>{} clases</translation>
        </message>
        <message>
            <source>{} of the area is labelled.</source>
            <translation>El {} de la zona está etiquetado.</translation>
        </message>
        <message>
            <source>“{name}” has more than {most} different values. Is it a class layer?</source>
            <translation>«{name}» tiene más de {most} valores distintos. ¿Es una capa de clases?</translation>
        </message>
        <message>
            <source>“{}” holds no class values: classes are whole numbers or texts.</source>
            <translation>«{}» no contiene valores de clase: las clases son números enteros o textos.</translation>
        </message>
    </context>
    <context>
        <name>LayerRow</name>
        <message>
            <source>&lt;b&gt;{}&lt;/b&gt;&lt;br&gt;Tick a layer to use it. Take all layers that help to tell the classes apart: they may have other pixels and another coordinate reference system.</source>
            <translation>&lt;b&gt;{}&lt;/b&gt;&lt;br&gt;Marque una capa para usarla. Tome todas las capas que ayuden a distinguir las clases: pueden tener otros píxeles y otro sistema de referencia de coordenadas.</translation>
        </message>
        <message>
            <source>Bands of {}</source>
            <translation>Bandas de {}</translation>
        </message>
        <message>
            <source>Student</source>
            <translation>Alumno</translation>
        </message>
        <message>
            <source>Teacher</source>
            <translation>Maestro</translation>
        </message>
        <message>
            <source>The size of a pixel on the ground. Layers with other pixels are fitted to the reference grid.</source>
            <translation>El tamaño de un píxel en el terreno. Las capas con otros píxeles se ajustan a la cuadrícula de referencia.</translation>
        </message>
        <message>
            <source>The student looks at this layer. Switch it off to get a student that works without this layer: what the teacher knows from it is taught all the same.</source>
            <translation>El alumno mira esta capa. Desactívelo para obtener un alumno que funcione sin ella: lo que el maestro sabe por ella se enseña igualmente.</translation>
        </message>
        <message>
            <source>The student sees {}</source>
            <translation>El alumno ve {}</translation>
        </message>
        <message>
            <source>The teacher looks at this layer. Switch it off for a layer that the teacher's model does not know, for example when a finished model takes optical bands only.</source>
            <translation>El maestro mira esta capa. Desactívelo para una capa que el modelo del maestro no conozca, por ejemplo cuando un modelo terminado solo admite bandas ópticas.</translation>
        </message>
        <message>
            <source>The teacher sees {}</source>
            <translation>El maestro ve {}</translation>
        </message>
        <message>
            <source>Use the layer {}</source>
            <translation>Usar la capa {}</translation>
        </message>
        <message>
            <source>{} (no longer in the project)</source>
            <translation>{} (ya no está en el proyecto)</translation>
        </message>
    </context>
    <context>
        <name>LayerUnusable</name>
        <message>
            <source>Choose a polygon layer.</source>
            <translation>Elija una capa de polígonos.</translation>
        </message>
        <message>
            <source>Choose a raster layer for imagery, or a polygon layer.</source>
            <translation>Elija una capa ráster para las imágenes, o una capa de polígonos.</translation>
        </message>
        <message>
            <source>Choose another layer.</source>
            <translation>Elija otra capa.</translation>
        </message>
        <message>
            <source>Give it one value, in Layer Properties under Transparency.</source>
            <translation>Asígnele un solo valor, en Propiedades de la capa, en Transparencia.</translation>
        </message>
        <message>
            <source>Repair its data source in the Layers panel, or remove it.</source>
            <translation>Repare su origen de datos en el panel Capas, o elimínela.</translation>
        </message>
        <message>
            <source>Set it: right-click the layer, Layer CRS, Set Layer CRS.</source>
            <translation>Establézcalo: clic derecho en la capa, SRC de la capa, Establecer SRC de la capa.</translation>
        </message>
        <message>
            <source>The layer has been removed from the project.</source>
            <translation>La capa se ha eliminado del proyecto.</translation>
        </message>
        <message>
            <source>“{}” cannot be opened; its file or server is not there.</source>
            <translation>No se puede abrir «{}»; su archivo o servidor no está disponible.</translation>
        </message>
        <message>
            <source>“{}” has more than one nodata value.</source>
            <translation>«{}» tiene más de un valor sin datos.</translation>
        </message>
        <message>
            <source>“{}” has no coordinate reference system.</source>
            <translation>«{}» no tiene sistema de referencia de coordenadas.</translation>
        </message>
        <message>
            <source>“{}” is a table without shapes.</source>
            <translation>«{}» es una tabla sin geometrías.</translation>
        </message>
        <message>
            <source>“{}” is another kind of layer.</source>
            <translation>«{}» es otro tipo de capa.</translation>
        </message>
    </context>
    <context>
        <name>LayersSection</name>
        <message>
            <source> m</source>
            <translation> m</translation>
        </message>
        <message>
            <source>1 band</source>
            <translation>1 banda</translation>
        </message>
        <message>
            <source>Area</source>
            <translation>Área</translation>
        </message>
        <message>
            <source>Grid</source>
            <translation>Cuadrícula</translation>
        </message>
        <message>
            <source>Opens a Landsat image of Ethiopia with labels and a finished teacher. Everything is set: one click on “Distil” leads to a result in about five minutes.</source>
            <translation>Abre una imagen Landsat de Etiopía con etiquetas y un maestro terminado. Todo está listo: un clic en «Destilar» lleva a un resultado en unos cinco minutos.</translation>
        </message>
        <message>
            <source>Pixel size</source>
            <translation>Tamaño de píxel</translation>
        </message>
        <message>
            <source>Pixels</source>
            <translation>Píxeles</translation>
        </message>
        <message>
            <source>Reference grid</source>
            <translation>Cuadrícula de referencia</translation>
        </message>
        <message>
            <source>The map gets the pixels and the coordinate reference system of this layer; the others are fitted to it. Usually it is the layer with the smallest pixels that still show your classes.</source>
            <translation>El mapa recibe los píxeles y el sistema de referencia de coordenadas de esta capa; las demás se ajustan a ella. Suele ser la capa con los píxeles más pequeños que aún muestran sus clases.</translation>
        </message>
        <message>
            <source>The project has no raster layer yet. Add one, or try the sample.</source>
            <translation>El proyecto aún no tiene ninguna capa ráster. Añada una o pruebe el ejemplo.</translation>
        </message>
        <message>
            <source>The size of the map's pixels on the ground. The server draws the layer at any size: take pixels as large as your classes allow, half the size means four times as much to fetch.</source>
            <translation>El tamaño de los píxeles del mapa en el terreno. El servidor dibuja la capa a cualquier tamaño: tome píxeles tan grandes como permitan sus clases; la mitad de tamaño supone descargar cuatro veces más.</translation>
        </message>
        <message>
            <source>Try the sample</source>
            <translation>Probar el ejemplo</translation>
        </message>
        <message>
            <source>{layers} layers, {bands} bands</source>
            <translation>{layers} capas, {bands} bandas</translation>
        </message>
        <message>
            <source>{} bands</source>
            <translation>{} bandas</translation>
        </message>
    </context>
    <context>
        <name>Library</name>
        <message>
            <source>Other models can be teachers: choose the file in the Teacher section.</source>
            <translation>Otros modelos pueden ser maestros: elija el archivo en la sección Maestro.</translation>
        </message>
        <message>
            <source>unknown</source>
            <translation>desconocido</translation>
        </message>
        <message>
            <source>“{}” is not a student of RSKD, but: {}.</source>
            <translation>«{}» no es un alumno de RSKD, sino: {}.</translation>
        </message>
    </context>
    <context>
        <name>LibraryPage</name>
        <message>
            <source>Bands: {}</source>
            <translation>Bandas: {}</translation>
        </message>
        <message>
            <source>Classes: {}</source>
            <translation>Clases: {}</translation>
        </message>
        <message>
            <source>Export into</source>
            <translation>Exportar a</translation>
        </message>
        <message>
            <source>Export into a folder…</source>
            <translation>Exportar a una carpeta…</translation>
        </message>
        <message>
            <source>Exported to {}.</source>
            <translation>Exportado a {}.</translation>
        </message>
        <message>
            <source>Import a student</source>
            <translation>Importar un alumno</translation>
        </message>
        <message>
            <source>Import a student from a file…</source>
            <translation>Importar un alumno de un archivo…</translation>
        </message>
        <message>
            <source>IoU {}</source>
            <translation>IoU {}</translation>
        </message>
        <message>
            <source>Made {}</source>
            <translation>Creado: {}</translation>
        </message>
        <message>
            <source>Many images…</source>
            <translation>Muchas imágenes…</translation>
        </message>
        <message>
            <source>Maps a folder of images or several layers with the selected student.</source>
            <translation>Cartografía una carpeta de imágenes o varias capas con el alumno seleccionado.</translation>
        </message>
        <message>
            <source>Maps a layer with the selected student.</source>
            <translation>Cartografía una capa con el alumno seleccionado.</translation>
        </message>
        <message>
            <source>No students yet. Each one that you distil is kept here; others can be imported.</source>
            <translation>Aún no hay alumnos. Cada uno que destile se conserva aquí; se pueden importar otros.</translation>
        </message>
        <message>
            <source>Remove a student</source>
            <translation>Eliminar un alumno</translation>
        </message>
        <message>
            <source>Remove “{}” from the library? It goes to the system’s bin where there is one.</source>
            <translation>¿Eliminar «{}» de la biblioteca? Va a la papelera del sistema, si la hay.</translation>
        </message>
        <message>
            <source>Remove…</source>
            <translation>Eliminar…</translation>
        </message>
        <message>
            <source>Rename</source>
            <translation>Cambiar nombre</translation>
        </message>
        <message>
            <source>Run on layer…</source>
            <translation>Aplicar a capa…</translation>
        </message>
        <message>
            <source>Show its folder</source>
            <translation>Mostrar su carpeta</translation>
        </message>
        <message>
            <source>Students</source>
            <translation>Alumnos</translation>
        </message>
        <message>
            <source>Students (*.onnx)</source>
            <translation>Alumnos (*.onnx)</translation>
        </message>
        <message>
            <source>The library’s folder does not obey: {}</source>
            <translation>No se pudo operar en la carpeta de la biblioteca: {}</translation>
        </message>
        <message>
            <source>{} bands</source>
            <translation>{} bandas</translation>
        </message>
        <message>
            <source>{} classes</source>
            <translation>{} clases</translation>
        </message>
        <message>
            <source>{} parameters</source>
            <translation>{} parámetros</translation>
        </message>
        <message>
            <source>{} where it was distilled</source>
            <translation>{} en el equipo donde se destiló</translation>
        </message>
    </context>
    <context>
        <name>LimitField</name>
        <message>
            <source>no limit</source>
            <translation>sin límite</translation>
        </message>
    </context>
    <context>
        <name>LogBox</name>
        <message>
            <source>Copies facts about this computer, QGIS, RSKD and its environment with the last lines of the log, to be sent when you ask for help. There are no passwords in it.</source>
            <translation>Copia datos de este equipo, QGIS, RSKD y su entorno con las últimas líneas del registro, para enviarlos cuando pida ayuda. No contiene contraseñas.</translation>
        </message>
        <message>
            <source>Copy diagnostics</source>
            <translation>Copiar diagnóstico</translation>
        </message>
        <message>
            <source>Log</source>
            <translation>Registro</translation>
        </message>
    </context>
    <context>
        <name>Many</name>
        <message>
            <source>It holds no image.</source>
            <translation>No contiene ninguna imagen.</translation>
        </message>
        <message>
            <source>Its name ends like none of the student's layers.</source>
            <translation>Su nombre no termina como ninguna de las capas del alumno.</translation>
        </message>
        <message>
            <source>Nothing is there for “{layer}”: no name ends in “{ending}”.</source>
            <translation>No hay nada para «{layer}»: ningún nombre termina en «{ending}».</translation>
        </message>
        <message>
            <source>Of “{one}” and “{other}” only one has a coordinate reference system.</source>
            <translation>De «{one}» y «{other}», solo una tiene un sistema de referencia de coordenadas.</translation>
        </message>
        <message>
            <source>The layer cannot be opened.</source>
            <translation>No se puede abrir la capa.</translation>
        </message>
        <message>
            <source>“{one}” and “{other}” share no ground.</source>
            <translation>«{one}» y «{other}» no comparten terreno.</translation>
        </message>
        <message>
            <source>“{other}” is taken for “{layer}” of this place already.</source>
            <translation>Para «{layer}» de este lugar ya se toma «{other}».</translation>
        </message>
    </context>
    <context>
        <name>ManyDialog</name>
        <message>
            <source>Add the maps to the project</source>
            <translation>Añadir los mapas al proyecto</translation>
        </message>
        <message>
            <source>All images of a folder</source>
            <translation>Todas las imágenes de una carpeta</translation>
        </message>
        <message>
            <source>Also as polygons</source>
            <translation>También como polígonos</translation>
        </message>
        <message>
            <source>Choose the folder that the maps are written into.</source>
            <translation>Elija la carpeta en la que se escriben los mapas.</translation>
        </message>
        <message>
            <source>Each map gets a group of its own; switch it off for a great many images.</source>
            <translation>Cada mapa recibe su propio grupo; desactívelo si son muchísimas imágenes.</translation>
        </message>
        <message>
            <source>Every raster file in it is mapped; folders inside it are left out.</source>
            <translation>Se cartografía cada archivo ráster que contiene; las subcarpetas se omiten.</translation>
        </message>
        <message>
            <source>Folder for the maps</source>
            <translation>Carpeta para los mapas</translation>
        </message>
        <message>
            <source>Folder of images</source>
            <translation>Carpeta de imágenes</translation>
        </message>
        <message>
            <source>Images: {total}. Fitting: {fitting}. Left out: {left}.</source>
            <translation>Imágenes: {total}. Adecuadas: {fitting}. Omitidas: {left}.</translation>
        </message>
        <message>
            <source>Layers of the project</source>
            <translation>Capas del proyecto</translation>
        </message>
        <message>
            <source>Looking at the images: {known} of {total}</source>
            <translation>Examinando las imágenes: {known} de {total}</translation>
        </message>
        <message>
            <source>Looking…</source>
            <translation>Examinando…</translation>
        </message>
        <message>
            <source>Maps into</source>
            <translation>Mapas en</translation>
        </message>
        <message>
            <source>Maps: {made}. Failed: {failed}. Left out: {left}.</source>
            <translation>Mapas: {made}. Con error: {failed}. Omitidos: {left}.</translation>
        </message>
        <message>
            <source>One map an image is written here; nothing that is there is written over.</source>
            <translation>Aquí se escribe un mapa por imagen; no se sobrescribe nada de lo que ya hay.</translation>
        </message>
        <message>
            <source>Run</source>
            <translation>Aplicar</translation>
        </message>
        <message>
            <source>Run “{}” on many images</source>
            <translation>Aplicar «{}» a muchas imágenes</translation>
        </message>
        <message>
            <source>Stop</source>
            <translation>Detener</translation>
        </message>
        <message>
            <source>Stops; finished maps stay.</source>
            <translation>Detiene el proceso; los mapas terminados se conservan.</translation>
        </message>
        <message>
            <source>There is no map of {}.</source>
            <translation>No hay mapa de {}.</translation>
        </message>
        <message>
            <source>Ticked layers are mapped, one map each.</source>
            <translation>Se cartografían las capas marcadas, un mapa por capa.</translation>
        </message>
        <message>
            <source>Writes a GeoPackage beside each map.</source>
            <translation>Escribe un GeoPackage junto a cada mapa.</translation>
        </message>
        <message>
            <source>fits</source>
            <translation>adecuada</translation>
        </message>
        <message>
            <source>is being mapped</source>
            <translation>se está cartografiando</translation>
        </message>
        <message>
            <source>stopped before</source>
            <translation>detenido antes</translation>
        </message>
        <message>
            <source>waits</source>
            <translation>en espera</translation>
        </message>
        <message>
            <source>{done} of {total}</source>
            <translation>{done} de {total}</translation>
        </message>
        <message>
            <source>“{name}” is left out: {why}</source>
            <translation>Se omite «{name}»: {why}</translation>
        </message>
    </context>
    <context>
        <name>MapTeacher</name>
        <message>
            <source>A finished class map of this area, for example a land cover product. The student learns to make such a map from your images, also where the map has gaps.</source>
            <translation>Un mapa de clases terminado de esta área, por ejemplo un producto de cobertura del suelo. El alumno aprende a hacer un mapa así a partir de sus imágenes, también donde el mapa tiene huecos.</translation>
        </message>
        <message>
            <source>Choose a map</source>
            <translation>Elija un mapa</translation>
        </message>
        <message>
            <source>Each band is the probability of a class</source>
            <translation>Cada banda es la probabilidad de una clase</translation>
        </message>
        <message>
            <source>How probable the map's class is taken to be; the other classes share the rest. Lower it for a map with many errors, and the labels count for more.</source>
            <translation>Qué probabilidad se atribuye a la clase del mapa; las demás clases se reparten el resto. Redúzcala si el mapa tiene muchos errores, y las etiquetas contarán más.</translation>
        </message>
        <message>
            <source>Map</source>
            <translation>Mapa</translation>
        </message>
        <message>
            <source>On where the map has one band a class that says how likely it is there. Off where its only band holds the number of the class.</source>
            <translation>Actívelo si el mapa tiene una banda por clase que indica su probabilidad en cada lugar. Desactívelo si su única banda contiene el número de la clase.</translation>
        </message>
        <message>
            <source>Trust</source>
            <translation>Confianza</translation>
        </message>
    </context>
    <context>
        <name>Narrator</name>
        <message>
            <source>agreement {}</source>
            <translation>coincidencia {}</translation>
        </message>
        <message>
            <source>loss {}</source>
            <translation>pérdida {}</translation>
        </message>
        <message>
            <source>mean IoU {}</source>
            <translation>IoU medio {}</translation>
        </message>
        <message>
            <source>{training}, step {step}: {numbers}</source>
            <translation>{training}, paso {step}: {numbers}</translation>
        </message>
    </context>
    <context>
        <name>OfStudents</name>
        <message>
            <source>Students</source>
            <translation>Alumnos</translation>
        </message>
    </context>
    <context>
        <name>OnnxTeacher</name>
        <message>
            <source>A segmentation model in the ONNX format, from any tool: it takes an image and answers with a score for each class. Models of other QGIS plugins, such as Deepness, and your own students work too.</source>
            <translation>Un modelo de segmentación en formato ONNX, de cualquier herramienta: toma una imagen y responde con una puntuación para cada clase. También sirven los modelos de otros complementos de QGIS, como Deepness, y sus propios alumnos.</translation>
        </message>
        <message>
            <source>Answers</source>
            <translation>Respuestas</translation>
        </message>
        <message>
            <source>Find out</source>
            <translation>Averiguar</translation>
        </message>
        <message>
            <source>Model file</source>
            <translation>Archivo del modelo</translation>
        </message>
        <message>
            <source>ONNX models (*.onnx)</source>
            <translation>Modelos ONNX (*.onnx)</translation>
        </message>
        <message>
            <source>Probabilities</source>
            <translation>Probabilidades</translation>
        </message>
        <message>
            <source>Scores of exclusive classes (logits)</source>
            <translation>Puntuaciones de clases excluyentes (logits)</translation>
        </message>
        <message>
            <source>Scores of yes or no (sigmoid)</source>
            <translation>Puntuaciones de sí o no (sigmoide)</translation>
        </message>
        <message>
            <source>What the model's numbers mean. It is found out from a first answer; choose it yourself if the teacher's map looks washed out.</source>
            <translation>Qué significan los números del modelo. Se averigua con una primera respuesta; elíjalo usted si el mapa del maestro se ve desvaído.</translation>
        </message>
    </context>
    <context>
        <name>OtherWays</name>
        <message>
            <source>A Python 3.11 or newer that has the packages already, for example of a conda environment. The path of the environment's folder will do too. Nothing is written there unless you ask for it.</source>
            <translation>Un Python 3.11 o posterior que ya tenga los paquetes, por ejemplo de un entorno conda. También vale la ruta de la carpeta del entorno. No se escribe nada allí a menos que usted lo pida.</translation>
        </message>
        <message>
            <source>A Python of your own, or a conda environment:</source>
            <translation>Un Python propio o un entorno conda:</translation>
        </message>
        <message>
            <source>A folder of packages that “pip download” filled on a computer of the same kind that has a network. The set-up then asks no server for anything.</source>
            <translation>Una carpeta de paquetes que «pip download» llenó en un equipo del mismo tipo con conexión a la red. La preparación no pide entonces nada a ningún servidor.</translation>
        </message>
        <message>
            <source>Choose a Python</source>
            <translation>Elija un Python</translation>
        </message>
        <message>
            <source>Choose a folder of wheels</source>
            <translation>Elija una carpeta de wheels</translation>
        </message>
        <message>
            <source>Install from this folder</source>
            <translation>Instalar desde esta carpeta</translation>
        </message>
        <message>
            <source>Makes RSKD's own environment from the packages in this folder alone.</source>
            <translation>Crea el entorno propio de RSKD solo con los paquetes de esta carpeta.</translation>
        </message>
        <message>
            <source>Other ways</source>
            <translation>Otras formas</translation>
        </message>
        <message>
            <source>Runs it to see what it has. QGIS's own Python stays as it is.</source>
            <translation>Lo ejecuta para ver qué tiene. El Python del propio QGIS no cambia.</translation>
        </message>
        <message>
            <source>Use this Python</source>
            <translation>Usar este Python</translation>
        </message>
        <message>
            <source>Without a network, from a folder of wheels:</source>
            <translation>Sin red, desde una carpeta de wheels:</translation>
        </message>
    </context>
    <context>
        <name>OutputField</name>
        <message>
            <source>Where the result is written. Leave it empty for a file that ends with this session.</source>
            <translation>Dónde se escribe el resultado. Déjelo vacío para un archivo que desaparece al cerrar esta sesión.</translation>
        </message>
        <message>
            <source>[temporary file]</source>
            <translation>[archivo temporal]</translation>
        </message>
    </context>
    <context>
        <name>PlaceTable</name>
        <message>
            <source>Image</source>
            <translation>Imagen</translation>
        </message>
        <message>
            <source>Images, and how each of them stands</source>
            <translation>Imágenes y estado de cada una</translation>
        </message>
        <message>
            <source>State</source>
            <translation>Estado</translation>
        </message>
        <message>
            <source>none</source>
            <translation>ninguna</translation>
        </message>
    </context>
    <context>
        <name>Plan</name>
        <message>
            <source>A spectral index of two bands is the teacher.</source>
            <translation>El maestro es un índice espectral de dos bandas.</translation>
        </message>
        <message>
            <source>A teacher is trained on your labels.</source>
            <translation>Se entrena un maestro con sus etiquetas.</translation>
        </message>
        <message>
            <source>First written to files: {names} (at most {size}, about {time}).</source>
            <translation>Primero se escribe en archivos: {names} (como máximo {size}, aprox. {time}).</translation>
        </message>
        <message>
            <source>It teaches a small student, together with your labels.</source>
            <translation>Enseña a un alumno pequeño, junto con sus etiquetas.</translation>
        </message>
        <message>
            <source>It teaches a small student.</source>
            <translation>Enseña a un alumno pequeño.</translation>
        </message>
        <message>
            <source>It teaches {}, together with your labels.</source>
            <translation>Enseña a {}, junto con sus etiquetas.</translation>
        </message>
        <message>
            <source>It teaches {}.</source>
            <translation>Enseña a {}.</translation>
        </message>
        <message>
            <source>The map you chose is the teacher.</source>
            <translation>El mapa que eligió es el maestro.</translation>
        </message>
        <message>
            <source>The same student is then trained without the teacher, for comparison.</source>
            <translation>Después se entrena el mismo alumno sin maestro, para comparar.</translation>
        </message>
        <message>
            <source>The student’s map is added to the project.</source>
            <translation>El mapa del alumno se añade al proyecto.</translation>
        </message>
        <message>
            <source>{} teachers are trained on your labels.</source>
            <translation>Se entrenan {} maestros con sus etiquetas.</translation>
        </message>
        <message>
            <source>“{}” is the teacher.</source>
            <translation>«{}» es el maestro.</translation>
        </message>
    </context>
    <context>
        <name>Plots</name>
        <message>
            <source>Left: the loss, how far the network still is from what it learns. Right: the mean IoU, how well it does on ground that it does not learn from.</source>
            <translation>Izquierda: la pérdida, cuánto dista aún la red de lo que aprende. Derecha: el IoU medio, lo bien que acierta en terreno del que no aprende.</translation>
        </message>
        <message>
            <source>Loss</source>
            <translation>Pérdida</translation>
        </message>
        <message>
            <source>Mean IoU</source>
            <translation>IoU medio</translation>
        </message>
        <message>
            <source>student</source>
            <translation>alumno</translation>
        </message>
        <message>
            <source>teacher</source>
            <translation>maestro</translation>
        </message>
        <message>
            <source>without a teacher</source>
            <translation>sin maestro</translation>
        </message>
        <message>
            <source>{name}: mean IoU {score} after {step} steps</source>
            <translation>{name}: IoU medio {score} tras {step} pasos</translation>
        </message>
    </context>
    <context>
        <name>PolygonSurvey</name>
        <message>
            <source>Measuring the area of {}</source>
            <translation>Midiendo la zona de {}</translation>
        </message>
    </context>
    <context>
        <name>PredictAlgorithm</name>
        <message>
            <source>A GeoTIFF with a class value a pixel; names and colours of the classes stand in it.</source>
            <translation>Un GeoTIFF con un valor de clase por píxel; contiene los nombres y colores de las clases.</translation>
        </message>
        <message>
            <source>Class map</source>
            <translation>Mapa de clases</translation>
        </message>
        <message>
            <source>Confidence</source>
            <translation>Confianza</translation>
        </message>
        <message>
            <source>Maps image layers with a student, a small model made by “Distil a student”. The map holds the values, names and colours of the classes that the student has learned.

Rasters may be far larger than memory: they are read and written in strips. Values that look unlike those of training, for example in another unit, are warned of in the log.</source>
            <translation>Cartografía capas de imagen con un alumno, un modelo pequeño creado con «Destilar un alumno». El mapa contiene los valores, nombres y colores de las clases que el alumno ha aprendido.

Los rásteres pueden ser mucho mayores que la memoria: se leen y escriben por franjas. Si hay valores que no se parecen a los del entrenamiento, por ejemplo en otra unidad, se avisa en el registro.</translation>
        </message>
        <message>
            <source>One band a class with its probability from 0 to 1; a large file.</source>
            <translation>Una banda por clase con su probabilidad de 0 a 1; un archivo grande.</translation>
        </message>
        <message>
            <source>Probabilities</source>
            <translation>Probabilidades</translation>
        </message>
        <message>
            <source>Run a student (raster)</source>
            <translation>Aplicar un alumno (ráster)</translation>
        </message>
        <message>
            <source>The probability, from 0 to 1, of the class that was chosen for each pixel.</source>
            <translation>La probabilidad, de 0 a 1, de la clase elegida para cada píxel.</translation>
        </message>
    </context>
    <context>
        <name>PredictPolygonsAlgorithm</name>
        <message>
            <source>A GeoPackage with a polygon for each patch of one class.</source>
            <translation>Un GeoPackage con un polígono por cada mancha de una clase.</translation>
        </message>
        <message>
            <source>Leave out polygons smaller than (m²)</source>
            <translation>Omitir polígonos menores que (m²)</translation>
        </message>
        <message>
            <source>Maps image layers with a student and writes the map as polygons with the fields class, name and area_m2 (measured on the ellipsoid). A segmentation's background is left out.

Small patches can be merged into their neighbours before, and small polygons left out after.</source>
            <translation>Cartografía capas de imagen con un alumno y escribe el mapa como polígonos con los campos class, name y area_m2 (medida sobre el elipsoide). El fondo de una segmentación se omite.

Antes se pueden fusionar las manchas pequeñas con sus vecinas, y después omitir los polígonos pequeños.</translation>
        </message>
        <message>
            <source>Merge patches of fewer pixels</source>
            <translation>Fusionar manchas de menos píxeles</translation>
        </message>
        <message>
            <source>Patches of fewer pixels join their largest neighbour before polygons are made. 0 keeps all.</source>
            <translation>Las manchas de menos píxeles se unen a su vecina mayor antes de crear los polígonos. 0 las conserva todas.</translation>
        </message>
        <message>
            <source>Polygons</source>
            <translation>Polígonos</translation>
        </message>
        <message>
            <source>Run a student (polygons)</source>
            <translation>Aplicar un alumno (polígonos)</translation>
        </message>
        <message>
            <source>Smaller polygons are left out, and the ground they cover is left empty. 0 keeps all.</source>
            <translation>Los polígonos menores se omiten, y el terreno que cubren queda vacío. 0 los conserva todos.</translation>
        </message>
    </context>
    <context>
        <name>Preview</name>
        <message>
            <source>A part of the ground as the student sees it by now, beside what it learns from.</source>
            <translation>Una parte del terreno tal como el alumno la ve hasta ahora, junto a aquello de lo que aprende.</translation>
        </message>
        <message>
            <source>Preview of teacher and student</source>
            <translation>Vista previa de maestro y alumno</translation>
        </message>
    </context>
    <context>
        <name>Problem</name>
        <message>
            <source>A teacher is trained on labels. Choose a label layer, or another teacher.</source>
            <translation>Un maestro se entrena con etiquetas. Elija una capa de etiquetas u otro maestro.</translation>
        </message>
        <message>
            <source>All classes are left out. Switch on at least two.</source>
            <translation>Todas las clases están excluidas. Active al menos dos.</translation>
        </message>
        <message>
            <source>Choose at least one band of “{}”.</source>
            <translation>Elija al menos una banda de «{}».</translation>
        </message>
        <message>
            <source>Choose at least one raster layer.</source>
            <translation>Elija al menos una capa ráster.</translation>
        </message>
        <message>
            <source>Choose the field that holds the class.</source>
            <translation>Elija el campo que contiene la clase.</translation>
        </message>
        <message>
            <source>Choose the map that is to be the teacher.</source>
            <translation>Elija el mapa que será el maestro.</translation>
        </message>
        <message>
            <source>Choose the polygon layer of the area.</source>
            <translation>Elija la capa de polígonos del área.</translation>
        </message>
        <message>
            <source>Choose the published weights.</source>
            <translation>Elija los pesos publicados.</translation>
        </message>
        <message>
            <source>Choose the teacher's file.</source>
            <translation>Elija el archivo del maestro.</translation>
        </message>
        <message>
            <source>Choose the two bands of the index: the layers do not say by name which they are.</source>
            <translation>Elija las dos bandas del índice: los nombres de las capas no dicen cuáles son.</translation>
        </message>
        <message>
            <source>Comparing with a student without a teacher needs labels.</source>
            <translation>Para comparar con un alumno sin maestro se necesitan etiquetas.</translation>
        </message>
        <message>
            <source>Distilling needs the training parts (PyTorch and others), which are not installed yet.</source>
            <translation>Para destilar hacen falta los componentes de entrenamiento (PyTorch y otros), aún no instalados.</translation>
        </message>
        <message>
            <source>Draw the rectangle of the area on the map.</source>
            <translation>Dibuje el rectángulo del área en el mapa.</translation>
        </message>
        <message>
            <source>Give every class of the index a name.</source>
            <translation>Dé un nombre a cada clase del índice.</translation>
        </message>
        <message>
            <source>The area does not overlap “{}”.</source>
            <translation>El área no se solapa con «{}».</translation>
        </message>
        <message>
            <source>The area's layer</source>
            <translation>La capa del área</translation>
        </message>
        <message>
            <source>The area's layer “{0}” does not overlap “{1}”.</source>
            <translation>La capa del área «{0}» no se solapa con «{1}».</translation>
        </message>
        <message>
            <source>The area's layer “{}” cannot be read.</source>
            <translation>No se puede leer la capa del área «{}».</translation>
        </message>
        <message>
            <source>The file does not say which network it holds. Choose the model under “For experts”.</source>
            <translation>El archivo no dice qué red contiene. Elija el modelo en «Para expertos».</translation>
        </message>
        <message>
            <source>The index maps one class only. Give its classes two names at least.</source>
            <translation>El índice cartografía una sola clase. Dé al menos dos nombres a sus clases.</translation>
        </message>
        <message>
            <source>The label layer</source>
            <translation>La capa de etiquetas</translation>
        </message>
        <message>
            <source>The map</source>
            <translation>El mapa</translation>
        </message>
        <message>
            <source>The recipe looks inside the teacher ({}), and this teacher gives answers only. Choose another recipe, or a teacher that is trained here, a checkpoint or published weights.</source>
            <translation>La receta mira dentro del maestro ({}), y este maestro solo da respuestas. Elija otra receta, o un maestro que se entrene aquí, un punto de control o pesos publicados.</translation>
        </message>
        <message>
            <source>The recipe says nothing of classes without labels. Choose a label layer, or another recipe.</source>
            <translation>Sin etiquetas, la receta no dice nada de las clases. Elija una capa de etiquetas u otra receta.</translation>
        </message>
        <message>
            <source>The student sees none of the layers. Switch on “Student” at one of them.</source>
            <translation>El alumno no ve ninguna de las capas. Active «Alumno» en una de ellas.</translation>
        </message>
        <message>
            <source>The teacher does not see the band “{}” any more. Choose another.</source>
            <translation>El maestro ya no ve la banda «{}». Elija otra.</translation>
        </message>
        <message>
            <source>The teacher sees none of the layers. Switch on “Teacher” at one of them.</source>
            <translation>El maestro no ve ninguna de las capas. Active «Maestro» en una de ellas.</translation>
        </message>
        <message>
            <source>The two bands of the index are the same. Choose two that differ.</source>
            <translation>Las dos bandas del índice son la misma. Elija dos distintas.</translation>
        </message>
        <message>
            <source>The values of the index must rise from class to class.</source>
            <translation>Los valores del índice deben aumentar de clase en clase.</translation>
        </message>
        <message>
            <source>There is no file “{}”.</source>
            <translation>No existe el archivo «{}».</translation>
        </message>
        <message>
            <source>There is only one class, “{}”. Two are needed.</source>
            <translation>Solo hay una clase, «{}». Se necesitan dos.</translation>
        </message>
        <message>
            <source>These weights are only a start: the teacher is trained on labels. Choose a label layer.</source>
            <translation>Estos pesos son solo un punto de partida: el maestro se entrena con etiquetas. Elija una capa de etiquetas.</translation>
        </message>
        <message>
            <source>“{0}” and “{1}” do not overlap.</source>
            <translation>«{0}» y «{1}» no se solapan.</translation>
        </message>
        <message>
            <source>“{0}” has no field “{1}” any more. Choose another.</source>
            <translation>«{0}» ya no tiene el campo «{1}». Elija otro.</translation>
        </message>
        <message>
            <source>“{}” cannot be read: its source is not there.</source>
            <translation>No se puede leer «{}»: su origen no está disponible.</translation>
        </message>
        <message>
            <source>“{}” covers the whole world. Choose an area.</source>
            <translation>«{}» cubre todo el mundo. Elija un área.</translation>
        </message>
        <message>
            <source>“{}” has no coordinate reference system. Set it in the layer's properties.</source>
            <translation>«{}» no tiene sistema de referencia de coordenadas. Establézcalo en las propiedades de la capa.</translation>
        </message>
        <message>
            <source>“{}” is drawn by a server as a picture: it has colours, but no class values to learn from. Choose a class raster or polygons that you have as a file.</source>
            <translation>«{}» la dibuja un servidor como imagen: tiene colores, pero no valores de clase de los que aprender. Elija un ráster de clases o polígonos que tenga en un archivo.</translation>
        </message>
        <message>
            <source>“{}” is drawn by a server as a picture: it has colours, but no class values to teach. Choose a class map that you have as a file.</source>
            <translation>«{}» la dibuja un servidor como imagen: tiene colores, pero no valores de clase que enseñar. Elija un mapa de clases que tenga en un archivo.</translation>
        </message>
        <message>
            <source>“{}” is no longer in the project. Choose another layer.</source>
            <translation>«{}» ya no está en el proyecto. Elija otra capa.</translation>
        </message>
    </context>
    <context>
        <name>PublishedTeacher</name>
        <message>
            <source>A model that others have trained and published. It is downloaded once, when the distillation starts, and then kept on this machine.</source>
            <translation>Un modelo que otros han entrenado y publicado. Se descarga una vez, al empezar la destilación, y luego se conserva en este equipo.</translation>
        </message>
        <message>
            <source>A start for a teacher that is then trained on your labels.</source>
            <translation>Un punto de partida para un maestro que luego se entrena con sus etiquetas.</translation>
        </message>
        <message>
            <source>Bands, in this order: {}.</source>
            <translation>Bandas, en este orden: {}.</translation>
        </message>
        <message>
            <source>Choose</source>
            <translation>Elija</translation>
        </message>
        <message>
            <source>Download: {} MB.</source>
            <translation>Descarga: {} MB.</translation>
        </message>
        <message>
            <source>It is on this machine already.</source>
            <translation>Ya está en este equipo.</translation>
        </message>
        <message>
            <source>Knows {} classes and answers at once.</source>
            <translation>Conoce {} clases y responde de inmediato.</translation>
        </message>
        <message>
            <source>Looking up the published weights… The first time may take a minute.</source>
            <translation>Buscando los pesos publicados… La primera vez puede tardar un minuto.</translation>
        </message>
        <message>
            <source>Sensor</source>
            <translation>Sensor</translation>
        </message>
        <message>
            <source>The sensor that the model was trained on. Choose that of your image: a model sees little in the pixels of another one.</source>
            <translation>El sensor con el que se entrenó el modelo. Elija el de su imagen: un modelo ve poco en los píxeles de otro sensor.</translation>
        </message>
        <message>
            <source>Weights</source>
            <translation>Pesos</translation>
        </message>
    </context>
    <context>
        <name>QuitGuard</name>
        <message>
            <source>A distillation is running</source>
            <translation>Hay una destilación en curso</translation>
        </message>
        <message>
            <source>A job is running</source>
            <translation>Hay un trabajo en curso</translation>
        </message>
        <message>
            <source>If you stop it, it can go on from there when you open QGIS again.</source>
            <translation>Si la detiene, podrá continuar desde ese punto cuando vuelva a abrir QGIS.</translation>
        </message>
        <message>
            <source>If you stop it, it has to be started again. Finished maps stay.</source>
            <translation>Si lo detiene, habrá que iniciarlo de nuevo. Los mapas terminados se conservan.</translation>
        </message>
        <message>
            <source>If you stop, the distillation can go on later; the rest has to be started again.</source>
            <translation>Si lo detiene, la destilación podrá continuar más adelante; lo demás habrá que iniciarlo de nuevo.</translation>
        </message>
        <message>
            <source>Keep QGIS open</source>
            <translation>Mantener QGIS abierto</translation>
        </message>
        <message>
            <source>RSKD is at work on: {}.</source>
            <translation>RSKD está trabajando en: {}.</translation>
        </message>
        <message>
            <source>RSKD is still distilling, and at work on: {}.</source>
            <translation>RSKD aún está destilando y trabaja en: {}.</translation>
        </message>
        <message>
            <source>RSKD is still distilling.</source>
            <translation>RSKD aún está destilando.</translation>
        </message>
        <message>
            <source>Stop it and quit</source>
            <translation>Detenerla y salir</translation>
        </message>
    </context>
    <context>
        <name>Recipe</name>
        <message>
            <source>A recipe is a JSON object with “name” and “terms”.</source>
            <translation>Una receta es un objeto JSON con «name» y «terms».</translation>
        </message>
        <message>
            <source>The name of a recipe is a text.</source>
            <translation>El nombre de una receta es un texto.</translation>
        </message>
        <message>
            <source>The recipe is not valid JSON: {}</source>
            <translation>La receta no es JSON válido: {}</translation>
        </message>
        <message>
            <source>The terms of a recipe are a list, and each names its “loss”.</source>
            <translation>Los términos de una receta son una lista, y cada uno nombra su «loss».</translation>
        </message>
        <message>
            <source>Write options as name=value, with commas between them: “{}”.</source>
            <translation>Escriba las opciones como nombre=valor, separadas por comas: «{}».</translation>
        </message>
        <message>
            <source>“{0}” cannot be read: {1}</source>
            <translation>«{0}» no se puede leer: {1}</translation>
        </message>
        <message>
            <source>“{0}” has no option “{1}”. It has {2}.</source>
            <translation>«{0}» no tiene la opción «{1}». Tiene {2}.</translation>
        </message>
        <message>
            <source>“{0}” has no options.</source>
            <translation>«{0}» no tiene opciones.</translation>
        </message>
        <message>
            <source>“{0}” must be a number.</source>
            <translation>«{0}» debe ser un número.</translation>
        </message>
        <message>
            <source>“{0}” must be a whole number.</source>
            <translation>«{0}» debe ser un número entero.</translation>
        </message>
        <message>
            <source>“{0}” must be above {1}.</source>
            <translation>«{0}» debe ser mayor que {1}.</translation>
        </message>
        <message>
            <source>“{0}” must be at least {1}.</source>
            <translation>«{0}» debe ser al menos {1}.</translation>
        </message>
        <message>
            <source>“{0}” must be at most {1}.</source>
            <translation>«{0}» debe ser como máximo {1}.</translation>
        </message>
        <message>
            <source>“{0}” must be below {1}.</source>
            <translation>«{0}» debe ser menor que {1}.</translation>
        </message>
        <message>
            <source>“{0}” must be one of {1}.</source>
            <translation>«{0}» debe ser uno de estos: {1}.</translation>
        </message>
        <message>
            <source>“{0}” must be true or false.</source>
            <translation>«{0}» debe ser true o false.</translation>
        </message>
        <message>
            <source>“{}” is not a recipe: it holds no valid JSON.</source>
            <translation>«{}» no es una receta: no contiene JSON válido.</translation>
        </message>
    </context>
    <context>
        <name>RecipeBox</name>
        <message>
            <source>Alpha</source>
            <translation>Alfa</translation>
        </message>
        <message>
            <source>Automatic</source>
            <translation>Automática</translation>
        </message>
        <message>
            <source>Load a recipe</source>
            <translation>Cargar una receta</translation>
        </message>
        <message>
            <source>Looking up the recipes…</source>
            <translation>Buscando las recetas…</translation>
        </message>
        <message>
            <source>Recipe</source>
            <translation>Receta</translation>
        </message>
        <message>
            <source>Recipe: {}</source>
            <translation>Receta: {}</translation>
        </message>
        <message>
            <source>Recipes (*.json)</source>
            <translation>Recetas (*.json)</translation>
        </message>
        <message>
            <source>Save the recipe</source>
            <translation>Guardar la receta</translation>
        </message>
        <message>
            <source>Softens the teacher’s answers: higher values show the student more of the teacher’s doubt between classes. Raise it where the teacher is very sure of itself.</source>
            <translation>Suaviza las respuestas del maestro: los valores más altos muestran mejor al alumno las dudas del maestro entre clases. Auméntela si el maestro está muy seguro de sí mismo.</translation>
        </message>
        <message>
            <source>Temperature</source>
            <translation>Temperatura</translation>
        </message>
        <message>
            <source>The recipes could not be looked up. {}</source>
            <translation>No se pudieron buscar las recetas. {}</translation>
        </message>
        <message>
            <source>Weight of your labels against the teacher: 0 is the teacher alone, 1 the labels alone. Raise it where you trust your labels more than the teacher.</source>
            <translation>Peso de sus etiquetas frente al maestro: 0 es solo el maestro, 1 solo las etiquetas. Auméntelo si confía más en sus etiquetas que en el maestro.</translation>
        </message>
        <message>
            <source>What of the teacher the student learns to repeat. The automatic choice suits what you have; the others are for comparisons, most of them as a paper did it.</source>
            <translation>Qué aprende el alumno a repetir del maestro. La elección automática se adapta a lo que usted tiene; las demás sirven para comparar, casi todas tal como las describe un artículo.</translation>
        </message>
        <message>
            <source>automatic</source>
            <translation>automática</translation>
        </message>
        <message>
            <source>{} (changed)</source>
            <translation>{} (modificada)</translation>
        </message>
        <message>
            <source>{} (network as teacher)</source>
            <translation>{} (una red como maestro)</translation>
        </message>
        <message>
            <source>“{0}” could not be written: {1}</source>
            <translation>«{0}» no se pudo escribir: {1}</translation>
        </message>
    </context>
    <context>
        <name>Recipes</name>
        <message>
            <source>It looks inside the teacher, which must be a network.</source>
            <translation>Mira dentro del maestro, que debe ser una red.</translation>
        </message>
        <message>
            <source>Takes “{0}” here. {1}</source>
            <translation>Aquí toma «{0}». {1}</translation>
        </message>
        <message>
            <source>Your own: {}.</source>
            <translation>Propia: {}.</translation>
        </message>
        <message>
            <source>the labels alone</source>
            <translation>solo las etiquetas</translation>
        </message>
    </context>
    <context>
        <name>Resident</name>
        <message>
            <source>It starts again by itself. Jobs are not touched.</source>
            <translation>Vuelve a iniciarse por sí solo. No afecta a los trabajos.</translation>
        </message>
        <message>
            <source>RSKD’s helper for short questions ended without a word (exit code {}).</source>
            <translation>El ayudante de RSKD para preguntas breves terminó sin decir nada (código de salida {}).</translation>
        </message>
        <message>
            <source>RSKD’s helper for short questions gave no answer for {} minutes and was ended.</source>
            <translation>El ayudante de RSKD para preguntas breves no respondió durante {} minutos y se cerró.</translation>
        </message>
        <message>
            <source>The system stopped RSKD’s helper for short questions, most likely because memory ran out.</source>
            <translation>El sistema detuvo el ayudante de RSKD para preguntas breves, probablemente porque se agotó la memoria.</translation>
        </message>
    </context>
    <context>
        <name>ResultSection</name>
        <message>
            <source>Add maps</source>
            <translation>Añadir mapas</translation>
        </message>
        <message>
            <source>Adds a layer of the pixels for which the two have different answers.</source>
            <translation>Añade una capa con los píxeles para los que ambos dan respuestas distintas.</translation>
        </message>
        <message>
            <source>Adds the student’s maps to the project again.</source>
            <translation>Añade de nuevo los mapas del alumno al proyecto.</translation>
        </message>
        <message>
            <source>Another project was opened meanwhile. Ask again to have the layer in this one.</source>
            <translation>Entretanto se abrió otro proyecto. Vuelva a pedirla para tener la capa en este.</translation>
        </message>
        <message>
            <source>Another project was opened meanwhile. “Add maps” puts the maps into this one.</source>
            <translation>Entretanto se abrió otro proyecto. «Añadir mapas» pone los mapas en este.</translation>
        </message>
        <message>
            <source>Comparing teacher and student…</source>
            <translation>Comparando maestro y alumno…</translation>
        </message>
        <message>
            <source>Copies the student’s file.</source>
            <translation>Copia el archivo del alumno.</translation>
        </message>
        <message>
            <source>Further things to do with this student.</source>
            <translation>Más acciones con este alumno.</translation>
        </message>
        <message>
            <source>Many images…</source>
            <translation>Muchas imágenes…</translation>
        </message>
        <message>
            <source>Maps a folder of images or several layers.</source>
            <translation>Cartografía una carpeta de imágenes o varias capas.</translation>
        </message>
        <message>
            <source>Maps another layer, or another area, with this student.</source>
            <translation>Cartografía otra capa, u otra área, con este alumno.</translation>
        </message>
        <message>
            <source>Mean IoU: overlap of map and labels, averaged over the classes, on test ground that was kept apart. The interval says how far chance in the choice of that ground may have moved it.</source>
            <translation>IoU medio: solapamiento de mapa y etiquetas, promediado entre las clases, en un terreno de prueba reservado. El intervalo indica cuánto puede haberlo desplazado el azar en la elección de ese terreno.</translation>
        </message>
        <message>
            <source>More</source>
            <translation>Más</translation>
        </message>
        <message>
            <source>No program opened the report. Open it in a browser: {}</source>
            <translation>Ningún programa abrió el informe. Ábralo en un navegador: {}</translation>
        </message>
        <message>
            <source>Nothing was distilled yet. The student’s accuracy, size and speed will be here.</source>
            <translation>Aún no se ha destilado nada. Aquí aparecerán la exactitud, el tamaño y la velocidad del alumno.</translation>
        </message>
        <message>
            <source>Open as Processing algorithm…</source>
            <translation>Abrir como algoritmo de Procesos…</translation>
        </message>
        <message>
            <source>Open report</source>
            <translation>Abrir informe</translation>
        </message>
        <message>
            <source>Opens the report with accuracies of every class, areas and pictures.</source>
            <translation>Abre el informe con la exactitud de cada clase, superficies e imágenes.</translation>
        </message>
        <message>
            <source>Run on layer…</source>
            <translation>Aplicar a capa…</translation>
        </message>
        <message>
            <source>Save student as</source>
            <translation>Guardar alumno como</translation>
        </message>
        <message>
            <source>Save student as…</source>
            <translation>Guardar alumno como…</translation>
        </message>
        <message>
            <source>Saved as {}.</source>
            <translation>Guardado como {}.</translation>
        </message>
        <message>
            <source>Show where teacher and student differ</source>
            <translation>Mostrar dónde difieren maestro y alumno</translation>
        </message>
        <message>
            <source>Student</source>
            <translation>Alumno</translation>
        </message>
        <message>
            <source>Student of {}</source>
            <translation>Alumno de {}</translation>
        </message>
        <message>
            <source>Students (*.onnx)</source>
            <translation>Alumnos (*.onnx)</translation>
        </message>
        <message>
            <source>The same distillation as a form, for models, batches and scripts.</source>
            <translation>La misma destilación como formulario, para modelos, lotes y scripts.</translation>
        </message>
        <message>
            <source>Where teacher and student differ</source>
            <translation>Dónde difieren maestro y alumno</translation>
        </message>
        <message>
            <source>{} ({})</source>
            <translation>{} ({})</translation>
        </message>
        <message>
            <source>“{path}” could not be written: {reason}</source>
            <translation>No se pudo escribir «{path}»: {reason}</translation>
        </message>
        <message>
            <source>“{}” is the student that was made last.</source>
            <translation>«{}» es el último alumno que se hizo.</translation>
        </message>
    </context>
    <context>
        <name>Results</name>
        <message>
            <source>Architecture: {}.</source>
            <translation>Arquitectura: {}.</translation>
        </message>
        <message>
            <source>Class map made with RSKD.</source>
            <translation>Mapa de clases hecho con RSKD.</translation>
        </message>
        <message>
            <source>Class map – {}</source>
            <translation>Mapa de clases – {}</translation>
        </message>
        <message>
            <source>Confidence – {}</source>
            <translation>Confianza – {}</translation>
        </message>
        <message>
            <source>Differences – {}</source>
            <translation>Diferencias – {}</translation>
        </message>
        <message>
            <source>Layers at training: {}.</source>
            <translation>Capas en el entrenamiento: {}.</translation>
        </message>
        <message>
            <source>Polygons – {}</source>
            <translation>Polígonos – {}</translation>
        </message>
        <message>
            <source>Recipe: {}.</source>
            <translation>Receta: {}.</translation>
        </message>
        <message>
            <source>Report</source>
            <translation>Informe</translation>
        </message>
        <message>
            <source>Settings</source>
            <translation>Configuración</translation>
        </message>
        <message>
            <source>Student</source>
            <translation>Alumno</translation>
        </message>
        <message>
            <source>Student: {}.</source>
            <translation>Alumno: {}.</translation>
        </message>
        <message>
            <source>Teacher and student differ</source>
            <translation>Maestro y alumno difieren</translation>
        </message>
        <message>
            <source>Teacher: {}.</source>
            <translation>Maestro: {}.</translation>
        </message>
        <message>
            <source>Training: {}.</source>
            <translation>Entrenamiento: {}.</translation>
        </message>
        <message>
            <source>the file is missing or damaged</source>
            <translation>el archivo falta o está dañado</translation>
        </message>
        <message>
            <source>{time}: mapped with RSKD, student {student}.</source>
            <translation>{time}: cartografiado con RSKD, alumno {student}.</translation>
        </message>
        <message>
            <source>{} %</source>
            <translation>{} %</translation>
        </message>
    </context>
    <context>
        <name>Resuming</name>
        <message>
            <source>Open the project in which it was started, then resume.</source>
            <translation>Abra el proyecto en el que se inició y luego reanude.</translation>
        </message>
        <message>
            <source>Put the file back, or delete the unfinished work and distil with another layer.</source>
            <translation>Devuelva el archivo a su sitio, o elimine el trabajo inacabado y destile con otra capa.</translation>
        </message>
        <message>
            <source>The job needs the login of layers that are not open.</source>
            <translation>El trabajo necesita las credenciales de capas que no están abiertas.</translation>
        </message>
        <message>
            <source>“{}” is gone, and the job cannot go on without it.</source>
            <translation>«{}» ya no está, y el trabajo no puede continuar sin él.</translation>
        </message>
    </context>
    <context>
        <name>RskdDock</name>
        <message>
            <source>Distilling “{}”. What you change now is for the next one.</source>
            <translation>Destilando «{}». Lo que cambie ahora es para la siguiente.</translation>
        </message>
        <message>
            <source>Open it</source>
            <translation>Abrirlo</translation>
        </message>
        <message>
            <source>RSKD</source>
            <translation>RSKD</translation>
        </message>
        <message>
            <source>The sample opens in a new project.</source>
            <translation>El ejemplo se abre en un proyecto nuevo.</translation>
        </message>
        <message>
            <source>“{}” is paused. What you change now is for the next one.</source>
            <translation>«{}» está en pausa. Lo que cambie ahora es para la siguiente.</translation>
        </message>
    </context>
    <context>
        <name>RskdProvider</name>
        <message>
            <source>RSKD (knowledge distillation)</source>
            <translation>RSKD (destilación de conocimiento)</translation>
        </message>
    </context>
    <context>
        <name>RunOnLayerDialog</name>
        <message>
            <source>Also writes how sure the student is of each pixel’s class.</source>
            <translation>Escribe también cuán seguro está el alumno de la clase de cada píxel.</translation>
        </message>
        <message>
            <source>Also writes the map as polygons, with class, name and area of each.</source>
            <translation>Escribe también el mapa como polígonos, con clase, nombre y área de cada uno.</translation>
        </message>
        <message>
            <source>Area</source>
            <translation>Área</translation>
        </message>
        <message>
            <source>Class map</source>
            <translation>Mapa de clases</translation>
        </message>
        <message>
            <source>Confidence</source>
            <translation>Confianza</translation>
        </message>
        <message>
            <source>GeoPackage (*.gpkg)</source>
            <translation>GeoPackage (*.gpkg)</translation>
        </message>
        <message>
            <source>GeoTIFF (*.tif *.tiff)</source>
            <translation>GeoTIFF (*.tif *.tiff)</translation>
        </message>
        <message>
            <source>Layer</source>
            <translation>Capa</translation>
        </message>
        <message>
            <source>Mapped {pixels} in {time}. It is not in this project; its file is {file}.</source>
            <translation>Cartografiado: {pixels} en {time}. No está en este proyecto; su archivo es {file}.</translation>
        </message>
        <message>
            <source>Mapped {pixels} in {time}. The map is in the project.</source>
            <translation>Cartografiado: {pixels} en {time}. El mapa está en el proyecto.</translation>
        </message>
        <message>
            <source>Only what lies inside these polygons is mapped.</source>
            <translation>Solo se cartografía lo que está dentro de estos polígonos.</translation>
        </message>
        <message>
            <source>Polygons</source>
            <translation>Polígonos</translation>
        </message>
        <message>
            <source>Polygons of a layer</source>
            <translation>Polígonos de una capa</translation>
        </message>
        <message>
            <source>Run</source>
            <translation>Ejecutar</translation>
        </message>
        <message>
            <source>Run “{}” on a layer</source>
            <translation>Ejecutar «{}» en una capa</translation>
        </message>
        <message>
            <source>Starting…</source>
            <translation>Iniciando…</translation>
        </message>
        <message>
            <source>Stop</source>
            <translation>Detener</translation>
        </message>
        <message>
            <source>Stops; nothing half-written is left.</source>
            <translation>Se detiene; no queda nada a medio escribir.</translation>
        </message>
        <message>
            <source>The layer that the student looks at; it needs the bands of training.</source>
            <translation>La capa que mira el alumno; necesita las bandas del entrenamiento.</translation>
        </message>
        <message>
            <source>The part of the layer that is mapped.</source>
            <translation>La parte de la capa que se cartografía.</translation>
        </message>
        <message>
            <source>What the map shows now</source>
            <translation>Lo que muestra ahora el mapa</translation>
        </message>
        <message>
            <source>Whole layer</source>
            <translation>Toda la capa</translation>
        </message>
        <message>
            <source>{student} on {layer}</source>
            <translation>{student} en {layer}</translation>
        </message>
    </context>
    <context>
        <name>Running</name>
        <message>
            <source>Cancel</source>
            <translation>Cancelar</translation>
        </message>
        <message>
            <source>Stops at once. What was fetched is kept, so that the next try is quicker.</source>
            <translation>Se detiene de inmediato. Se conserva lo descargado para que el próximo intento sea más rápido.</translation>
        </message>
    </context>
    <context>
        <name>RunningPanel</name>
        <message>
            <source>No word for {} – the machine may be busy.</source>
            <translation>Sin noticias desde hace {}: el equipo puede estar ocupado.</translation>
        </message>
        <message>
            <source>Paused. It goes on from the last step that was finished.</source>
            <translation>En pausa. Sigue desde el último paso terminado.</translation>
        </message>
        <message>
            <source>Progress of the distillation</source>
            <translation>Progreso de la destilación</translation>
        </message>
        <message>
            <source>Putting the work away…</source>
            <translation>Guardando el trabajo…</translation>
        </message>
        <message>
            <source>Starting…</source>
            <translation>Iniciando…</translation>
        </message>
        <message>
            <source>Writing layers to files</source>
            <translation>Escribiendo las capas en archivos</translation>
        </message>
    </context>
    <context>
        <name>SectionBox</name>
        <message>
            <source>{heading} – {state}</source>
            <translation>{heading} – {state}</translation>
        </message>
        <message>
            <source>{} ✓</source>
            <translation>{} ✓</translation>
        </message>
    </context>
    <context>
        <name>Sections</name>
        <message>
            <source>1  Layers</source>
            <translation>1  Capas</translation>
        </message>
        <message>
            <source>2  Labels (optional)</source>
            <translation>2  Etiquetas (opcional)</translation>
        </message>
        <message>
            <source>3  Teacher</source>
            <translation>3  Maestro</translation>
        </message>
        <message>
            <source>4  Student</source>
            <translation>4  Alumno</translation>
        </message>
        <message>
            <source>5  Distil</source>
            <translation>5  Destilar</translation>
        </message>
        <message>
            <source>Opens the page that installs what is missing.</source>
            <translation>Abre la página que instala lo que falta.</translation>
        </message>
        <message>
            <source>Result</source>
            <translation>Resultado</translation>
        </message>
        <message>
            <source>Set up…</source>
            <translation>Preparar…</translation>
        </message>
        <message>
            <source>Students</source>
            <translation>Alumnos</translation>
        </message>
    </context>
    <context>
        <name>Services</name>
        <message>
            <source>Details</source>
            <translation>Detalles</translation>
        </message>
        <message>
            <source>Set up…</source>
            <translation>Preparar…</translation>
        </message>
    </context>
    <context>
        <name>Setup</name>
        <message>
            <source>A folder of wheels must hold all of them; the log names the first.</source>
            <translation>Una carpeta de wheels debe contenerlos todos; el registro indica el primero que falta.</translation>
        </message>
        <message>
            <source>A proxy may have put a page of its own in its place.</source>
            <translation>Puede que un proxy haya puesto en su lugar una página propia.</translation>
        </message>
        <message>
            <source>A virus scanner or a rule of your organisation may forbid it.</source>
            <translation>Puede que lo prohíba un antivirus o una norma de su organización.</translation>
        </message>
        <message>
            <source>Another QGIS window is setting RSKD up.</source>
            <translation>Otra ventana de QGIS está preparando RSKD.</translation>
        </message>
        <message>
            <source>Certificates that were added to QGIS are not used, as “{path}” cannot be written: {reason}</source>
            <translation>Los certificados que se añadieron a QGIS no se usan, pues no se puede escribir «{path}»: {reason}</translation>
        </message>
        <message>
            <source>Check the network and QGIS's proxy settings, or install from a folder of wheels.</source>
            <translation>Compruebe la red y la configuración del proxy de QGIS, o instale desde una carpeta de wheels.</translation>
        </message>
        <message>
            <source>Downloading and installing packages</source>
            <translation>Descargando e instalando paquetes</translation>
        </message>
        <message>
            <source>Everything was installed, but this does not work: {}.</source>
            <translation>Se instaló todo, pero esto no funciona: {}.</translation>
        </message>
        <message>
            <source>Fetching the installer uv</source>
            <translation>Descargando el instalador uv</translation>
        </message>
        <message>
            <source>Free some space and try again: what was fetched is kept.</source>
            <translation>Libere espacio e inténtelo de nuevo: se conserva lo descargado.</translation>
        </message>
        <message>
            <source>Free some space, or let the variable RSKD_HOME name a folder elsewhere.</source>
            <translation>Libere espacio o indique en la variable RSKD_HOME una carpeta en otro lugar.</translation>
        </message>
        <message>
            <source>Install Python 3.12 (64 bit) from python.org, or choose a Python yourself.</source>
            <translation>Instale Python 3.12 (64 bits) desde python.org o elija usted un Python.</translation>
        </message>
        <message>
            <source>Install Python 3.12 from python.org or with Homebrew, or choose a Python yourself.</source>
            <translation>Instale Python 3.12 desde python.org o con Homebrew, o elija usted un Python.</translation>
        </message>
        <message>
            <source>Install the packages python3 and python3-venv of your system, or choose a Python yourself.</source>
            <translation>Instale los paquetes python3 y python3-venv de su sistema o elija usted un Python.</translation>
        </message>
        <message>
            <source>It may be in use by another QGIS window, or belong to somebody else.</source>
            <translation>Puede que esté en uso en otra ventana de QGIS o que pertenezca a otra persona.</translation>
        </message>
        <message>
            <source>Looking at this machine</source>
            <translation>Examinando este equipo</translation>
        </message>
        <message>
            <source>No Python between 3.11 and 3.14 was found, and none can be fetched.</source>
            <translation>No se encontró ningún Python entre 3.11 y 3.14, y no se puede descargar ninguno.</translation>
        </message>
        <message>
            <source>Not all packages can be found for this Python and this system.</source>
            <translation>No se encuentran todos los paquetes para este Python y este sistema.</translation>
        </message>
        <message>
            <source>Only {0:.1f} GB are free in “{1}”; {2:.1f} GB are needed.</source>
            <translation>Solo hay {0:.1f} GB libres en «{1}»; se necesitan {2:.1f} GB.</translation>
        </message>
        <message>
            <source>Preparing Python</source>
            <translation>Preparando Python</translation>
        </message>
        <message>
            <source>PyTorch is no longer made for Macs with an Intel processor.</source>
            <translation>PyTorch ya no se publica para Mac con procesador Intel.</translation>
        </message>
        <message>
            <source>Python crashed while loading it.</source>
            <translation>Python falló al cargarlo.</translation>
        </message>
        <message>
            <source>Set the environment variable RSKD_HOME to a short folder such as C:\rskd and restart QGIS.</source>
            <translation>Defina la variable de entorno RSKD_HOME con una carpeta de ruta corta, como C:\rskd, y reinicie QGIS.</translation>
        </message>
        <message>
            <source>Setting up RSKD</source>
            <translation>Preparando RSKD</translation>
        </message>
        <message>
            <source>Students can be used here, and distilled on another computer.</source>
            <translation>Aquí se pueden usar alumnos; destílelos en otro equipo.</translation>
        </message>
        <message>
            <source>The Python at “{0}” does not start (exit code {1}).</source>
            <translation>El Python de «{0}» no arranca (código de salida {1}).</translation>
        </message>
        <message>
            <source>The Python at “{}” is no longer there.</source>
            <translation>El Python de «{}» ya no está ahí.</translation>
        </message>
        <message>
            <source>The disk is full.</source>
            <translation>El disco está lleno.</translation>
        </message>
        <message>
            <source>The download of uv is not a file that RSKD trusts.</source>
            <translation>La descarga de uv no es un archivo de confianza para RSKD.</translation>
        </message>
        <message>
            <source>The folder “{}” lies too deep for Windows.</source>
            <translation>La ruta de la carpeta «{}» es demasiado larga para Windows.</translation>
        </message>
        <message>
            <source>The installer stopped with an error.</source>
            <translation>El instalador se detuvo con un error.</translation>
        </message>
        <message>
            <source>The log tells more. Try again, or choose a Python of your own.</source>
            <translation>El registro da más detalles. Inténtelo de nuevo o elija un Python propio.</translation>
        </message>
        <message>
            <source>The packages cannot be fetched from the network.</source>
            <translation>No se pueden descargar los paquetes de la red.</translation>
        </message>
        <message>
            <source>This is Python {0}; RSKD needs Python 3.11 or newer.</source>
            <translation>Este es Python {0}; RSKD necesita Python 3.11 o posterior.</translation>
        </message>
        <message>
            <source>Try Repair; if that does not help, send us the diagnostics.</source>
            <translation>Pruebe con Reparar; si no sirve, envíenos el diagnóstico.</translation>
        </message>
        <message>
            <source>Trying it out</source>
            <translation>Probándolo</translation>
        </message>
        <message>
            <source>Wait until it is done, then check again.</source>
            <translation>Espere a que termine y compruebe de nuevo.</translation>
        </message>
        <message>
            <source>What “{}” sent is not the file that was asked for.</source>
            <translation>Lo que envió «{}» no es el archivo solicitado.</translation>
        </message>
        <message>
            <source>“{0}” cannot be fetched: {1}</source>
            <translation>No se puede descargar «{0}»: {1}</translation>
        </message>
        <message>
            <source>“{0}” cannot be written to or moved: {1}.</source>
            <translation>No se puede escribir en «{0}» o no se puede mover: {1}.</translation>
        </message>
        <message>
            <source>“{}” cannot be started: {}.</source>
            <translation>No se puede iniciar «{}»: {}.</translation>
        </message>
    </context>
    <context>
        <name>SetupPage</name>
        <message>
            <source>Another Python</source>
            <translation>Otro Python</translation>
        </message>
        <message>
            <source>Check again</source>
            <translation>Comprobar de nuevo</translation>
        </message>
        <message>
            <source>Choose a file such as “bin/python” or “python.exe”, or an environment's folder.</source>
            <translation>Elija un archivo como «bin/python» o «python.exe», o la carpeta de un entorno.</translation>
        </message>
        <message>
            <source>Close other QGIS windows that use it and try again.</source>
            <translation>Cierre las otras ventanas de QGIS que lo usan e inténtelo de nuevo.</translation>
        </message>
        <message>
            <source>Deletes the environment that RSKD made. Students and results stay.</source>
            <translation>Elimina el entorno que creó RSKD. Los alumnos y los resultados se conservan.</translation>
        </message>
        <message>
            <source>Goes on where it stopped: what was fetched is kept.</source>
            <translation>Continúa donde se detuvo: se conserva lo descargado.</translation>
        </message>
        <message>
            <source>Install there</source>
            <translation>Instalar ahí</translation>
        </message>
        <message>
            <source>Installs PyTorch and what else it takes to distil and to train a teacher.</source>
            <translation>Instala PyTorch y lo demás que hace falta para destilar y para entrenar un maestro.</translation>
        </message>
        <message>
            <source>Leave it</source>
            <translation>Dejarlo así</translation>
        </message>
        <message>
            <source>Leaves the graphics card alone: 1.4 GB instead of 6 GB. Training then is several times slower; choose it if the card is needed for something else or has little memory.</source>
            <translation>No usa la tarjeta gráfica: 1,4 GB en lugar de 6 GB. El entrenamiento es entonces varias veces más lento; elíjalo si necesita la tarjeta para otra cosa o si tiene poca memoria.</translation>
        </message>
        <message>
            <source>Looking at this machine</source>
            <translation>Examinando este equipo</translation>
        </message>
        <message>
            <source>Makes the environment anew with the same parts; downloads are reused.</source>
            <translation>Vuelve a crear el entorno con los mismos componentes; se reutilizan las descargas.</translation>
        </message>
        <message>
            <source>Needed to distil, not to use a student. Tick it to distil right away; they can be added later, on this page.</source>
            <translation>Necesarios para destilar, no para usar un alumno. Actívelo para destilar enseguida; se pueden añadir después, en esta página.</translation>
        </message>
        <message>
            <source>Other ways</source>
            <translation>Otras formas</translation>
        </message>
        <message>
            <source>Processor only</source>
            <translation>Solo procesador</translation>
        </message>
        <message>
            <source>RSKD</source>
            <translation>RSKD</translation>
        </message>
        <message>
            <source>Remove the environment that RSKD made? Students and results stay.</source>
            <translation>¿Eliminar el entorno que creó RSKD? Los alumnos y los resultados se conservan.</translation>
        </message>
        <message>
            <source>Remove…</source>
            <translation>Eliminar…</translation>
        </message>
        <message>
            <source>Repair</source>
            <translation>Reparar</translation>
        </message>
        <message>
            <source>Runs the environment's Python and looks for every package.</source>
            <translation>Ejecuta el Python del entorno y busca todos los paquetes.</translation>
        </message>
        <message>
            <source>The environment is in use and stays: {}.</source>
            <translation>El entorno está en uso y se conserva: {}.</translation>
        </message>
        <message>
            <source>The environment is in use: RSKD is at work in it, here or in another QGIS window.</source>
            <translation>El entorno está en uso: RSKD trabaja en él, aquí o en otra ventana de QGIS.</translation>
        </message>
        <message>
            <source>There is no Python in “{}”.</source>
            <translation>No hay ningún Python en «{}».</translation>
        </message>
        <message>
            <source>Try again</source>
            <translation>Reintentar</translation>
        </message>
        <message>
            <source>Wait for it or stop it, then try again.</source>
            <translation>Espere a que termine o deténgalo, e inténtelo de nuevo.</translation>
        </message>
        <message>
            <source>Writes nothing.</source>
            <translation>No escribe nada.</translation>
        </message>
        <message>
            <source>Writes the packages into that environment.</source>
            <translation>Escribe los paquetes en ese entorno.</translation>
        </message>
    </context>
    <context>
        <name>SetupState</name>
        <message>
            <source>Add training parts (about {})</source>
            <translation>Añadir componentes de entrenamiento (unos {})</translation>
        </message>
        <message>
            <source>An earlier set-up was interrupted: what it fetched is used.</source>
            <translation>Se interrumpió una preparación anterior: se usa lo que descargó.</translation>
        </message>
        <message>
            <source>Distilling</source>
            <translation>Destilar</translation>
        </message>
        <message>
            <source>Go on setting up</source>
            <translation>Continuar la preparación</translation>
        </message>
        <message>
            <source>Install the missing packages there</source>
            <translation>Instalar ahí los paquetes que faltan</translation>
        </message>
        <message>
            <source>Install what is missing</source>
            <translation>Instalar lo que falta</translation>
        </message>
        <message>
            <source>It downloads about {0}, takes {1} on disk, and needs about {2} min on a connection of 50 Mbit/s.</source>
            <translation>Descarga unos {0}, ocupa {1} en disco y tarda unos {2} min con una conexión de 50 Mbit/s.</translation>
        </message>
        <message>
            <source>Jobs are running in this environment. Stop them, or wait for them, to change it.</source>
            <translation>Hay trabajos en ejecución en este entorno. Deténgalos, o espere a que terminen, para cambiarlo.</translation>
        </message>
        <message>
            <source>Looking whether the Python “{}” has everything that RSKD needs…</source>
            <translation>Comprobando si el Python «{}» tiene todo lo que RSKD necesita…</translation>
        </message>
        <message>
            <source>Make the environment anew</source>
            <translation>Volver a crear el entorno</translation>
        </message>
        <message>
            <source>No NVIDIA graphics card was found: PyTorch comes in its build for the processor.</source>
            <translation>No se encontró ninguna tarjeta gráfica NVIDIA: se instala PyTorch en su versión para el procesador.</translation>
        </message>
        <message>
            <source>PyTorch comes in its build for the processor; {} stays unused.</source>
            <translation>Se instala PyTorch en su versión para el procesador; {} queda sin usar.</translation>
        </message>
        <message>
            <source>PyTorch comes in its build for your {}.</source>
            <translation>Se instala PyTorch en su versión para su {}.</translation>
        </message>
        <message>
            <source>Python {0} in “{1}”, chosen by you.</source>
            <translation>Python {0} en «{1}», elegido por usted.</translation>
        </message>
        <message>
            <source>Python {0} in “{1}”, made by RSKD.</source>
            <translation>Python {0} en «{1}», creado por RSKD.</translation>
        </message>
        <message>
            <source>RSKD now uses Python {0} in “{1}”.</source>
            <translation>RSKD usa ahora Python {0} en «{1}».</translation>
        </message>
        <message>
            <source>RSKD trains a small model, the student, to make the same maps as a large one, many times faster. It calculates in a Python environment of its own in “{}”; QGIS's own stays as it is.</source>
            <translation>RSKD entrena un modelo pequeño, el alumno, para hacer los mismos mapas que uno grande, muchas veces más rápido. Calcula en un entorno de Python propio en «{}»; el de QGIS queda como está.</translation>
        </message>
        <message>
            <source>Repair</source>
            <translation>Reparar</translation>
        </message>
        <message>
            <source>Set up</source>
            <translation>Preparar</translation>
        </message>
        <message>
            <source>Step {0} of {1}: {2}</source>
            <translation>Paso {0} de {1}: {2}</translation>
        </message>
        <message>
            <source>The Python in “{0}” lacks packages or has too old ones: {1}.</source>
            <translation>Al Python de «{0}» le faltan paquetes o los tiene demasiado antiguos: {1}.</translation>
        </message>
        <message>
            <source>This changes “{}”, which is yours. Other programs that use it may get other versions of packages.</source>
            <translation>Esto modifica «{}», que es suyo. Otros programas que lo usan pueden recibir otras versiones de los paquetes.</translation>
        </message>
        <message>
            <source>This version of RSKD needs packages that are not there or too old: {}. The rest stays.</source>
            <translation>Esta versión de RSKD necesita paquetes que faltan o son demasiado antiguos: {}. El resto se conserva.</translation>
        </message>
        <message>
            <source>Training parts too ({} more; can be added later)</source>
            <translation>También los componentes de entrenamiento ({} más; se pueden añadir después)</translation>
        </message>
        <message>
            <source>Using students</source>
            <translation>Usar alumnos</translation>
        </message>
        <message>
            <source>does not work: {0} ({1})</source>
            <translation>no funciona: {0} ({1})</translation>
        </message>
        <message>
            <source>missing or too old: {}</source>
            <translation>falta o es demasiado antiguo: {}</translation>
        </message>
        <message>
            <source>not installed</source>
            <translation>no instalado</translation>
        </message>
        <message>
            <source>ready</source>
            <translation>listo</translation>
        </message>
        <message>
            <source>ready, but the graphics card cannot be used</source>
            <translation>listo, pero no se puede usar la tarjeta gráfica</translation>
        </message>
        <message>
            <source>ready, with the graphics card</source>
            <translation>listo, con la tarjeta gráfica</translation>
        </message>
        <message>
            <source>{0} of {1}, now: {2}</source>
            <translation>{0} de {1}, ahora: {2}</translation>
        </message>
        <message>
            <source>{} Its packages belong to the system, so RSKD does not install there.</source>
            <translation>{} Sus paquetes pertenecen al sistema, por lo que RSKD no instala ahí.</translation>
        </message>
        <message>
            <source>{} Repair makes the environment anew.</source>
            <translation>{} Reparar vuelve a crear el entorno.</translation>
        </message>
        <message>
            <source>{} are here and being unpacked.</source>
            <translation>{} descargados; se están descomprimiendo.</translation>
        </message>
        <message>
            <source>{} are here.</source>
            <translation>{} descargados.</translation>
        </message>
        <message>
            <source>{} GB</source>
            <translation>{} GB</translation>
        </message>
        <message>
            <source>{} MB</source>
            <translation>{} MB</translation>
        </message>
        <message>
            <source>“{0}” is installed but does not start: {1}

Mend it there, or choose another Python below.</source>
            <translation>«{0}» está instalado pero no arranca: {1}

Repárelo ahí o elija otro Python abajo.</translation>
        </message>
        <message>
            <source>“{0}” is installed but does not start: {1}

Repair makes the environment anew.</source>
            <translation>«{0}» está instalado pero no arranca: {1}

Reparar vuelve a crear el entorno.</translation>
        </message>
    </context>
    <context>
        <name>SpeedPlot</name>
        <message>
            <source>Higher is more accurate, further left takes less. Lines: 95 % interval.</source>
            <translation>Más arriba es más preciso, más a la izquierda requiere menos. Líneas: intervalo del 95 %.</translation>
        </message>
        <message>
            <source>Mean IoU by size</source>
            <translation>IoU medio según el tamaño</translation>
        </message>
        <message>
            <source>Mean IoU by time per megapixel</source>
            <translation>IoU medio según el tiempo por megapíxel</translation>
        </message>
        <message>
            <source>student</source>
            <translation>alumno</translation>
        </message>
        <message>
            <source>teacher</source>
            <translation>maestro</translation>
        </message>
        <message>
            <source>without a teacher</source>
            <translation>sin maestro</translation>
        </message>
        <message>
            <source>{name}: mean IoU {score}</source>
            <translation>{name}: IoU medio {score}</translation>
        </message>
        <message>
            <source>{name}: mean IoU {score}, {takes}</source>
            <translation>{name}: IoU medio {score}, {takes}</translation>
        </message>
    </context>
    <context>
        <name>Stages</name>
        <message>
            <source>Checking that the teacher knows more than a student alone</source>
            <translation>Comprobando que el maestro sabe más que un alumno solo</translation>
        </message>
        <message>
            <source>Comparing teacher and student</source>
            <translation>Comparando maestro y alumno</translation>
        </message>
        <message>
            <source>Comparing with ground never seen</source>
            <translation>Comparando con terreno nunca visto</translation>
        </message>
        <message>
            <source>Comparing with the labels</source>
            <translation>Comparando con las etiquetas</translation>
        </message>
        <message>
            <source>Drawing the map</source>
            <translation>Dibujando el mapa</translation>
        </message>
        <message>
            <source>Loading packages</source>
            <translation>Cargando paquetes</translation>
        </message>
        <message>
            <source>Looking at the bands’ values</source>
            <translation>Examinando los valores de las bandas</translation>
        </message>
        <message>
            <source>Measuring how fast this machine learns</source>
            <translation>Midiendo la velocidad de aprendizaje de este equipo</translation>
        </message>
        <message>
            <source>Measuring students on this machine</source>
            <translation>Midiendo los alumnos en este equipo</translation>
        </message>
        <message>
            <source>Putting the answers of all teachers together</source>
            <translation>Reuniendo las respuestas de todos los maestros</translation>
        </message>
        <message>
            <source>Setting ground aside for testing</source>
            <translation>Reservando terreno para la prueba</translation>
        </message>
        <message>
            <source>The teacher answers for every pixel</source>
            <translation>El maestro responde para cada píxel</translation>
        </message>
        <message>
            <source>The teacher answers for every pixel of “{}”</source>
            <translation>El maestro responde para cada píxel de «{}»</translation>
        </message>
        <message>
            <source>Training teacher {} of {}</source>
            <translation>Entrenando el maestro {} de {}</translation>
        </message>
        <message>
            <source>Training the same student without the teacher</source>
            <translation>Entrenando el mismo alumno sin maestro</translation>
        </message>
        <message>
            <source>Training the student</source>
            <translation>Entrenando el alumno</translation>
        </message>
        <message>
            <source>Training the teacher</source>
            <translation>Entrenando el maestro</translation>
        </message>
        <message>
            <source>Turning the map into polygons</source>
            <translation>Convirtiendo el mapa en polígonos</translation>
        </message>
        <message>
            <source>Writing files</source>
            <translation>Escribiendo archivos</translation>
        </message>
        <message>
            <source>Writing the report</source>
            <translation>Escribiendo el informe</translation>
        </message>
        <message>
            <source>Writing {}</source>
            <translation>Escribiendo {}</translation>
        </message>
    </context>
    <context>
        <name>StudentAlgorithm</name>
        <message>
            <source>A student that was distilled or imported here. For any other, give its file instead.</source>
            <translation>Un alumno destilado o importado aquí. Para cualquier otro, indique su archivo.</translation>
        </message>
        <message>
            <source>Choose a student of the library, or a student's file.</source>
            <translation>Elija un alumno de la biblioteca o el archivo de un alumno.</translation>
        </message>
        <message>
            <source>Extent</source>
            <translation>Extensión</translation>
        </message>
        <message>
            <source>For layers of a server, which come at any pixel size. Leave it empty: it is the student's, where the file student.stac.json lies beside the student.</source>
            <translation>Para capas de un servidor, que llegan con cualquier tamaño de píxel. Déjelo vacío: se usa la del alumno si el archivo student.stac.json está junto a él.</translation>
        </message>
        <message>
            <source>Give an extent or polygons to map within, not both.</source>
            <translation>Indique una extensión o unos polígonos que delimiten el mapa, no ambos.</translation>
        </message>
        <message>
            <source>Ground sampling distance (m)</source>
            <translation>Distancia de muestreo del terreno (m)</translation>
        </message>
        <message>
            <source>Image layers</source>
            <translation>Capas de imagen</translation>
        </message>
        <message>
            <source>Only this part is mapped. Leave it empty to map the whole of the first layer.</source>
            <translation>Solo se cartografía esta parte. Déjelo vacío para cartografiar toda la primera capa.</translation>
        </message>
        <message>
            <source>Only what lies inside these polygons is mapped; the rest is left without data.</source>
            <translation>Solo se cartografía lo que está dentro de estos polígonos; el resto queda sin datos.</translation>
        </message>
        <message>
            <source>Or a student’s file</source>
            <translation>O el archivo de un alumno</translation>
        </message>
        <message>
            <source>Polygons to map within</source>
            <translation>Polígonos que delimitan el mapa</translation>
        </message>
        <message>
            <source>Student of the library</source>
            <translation>Alumno de la biblioteca</translation>
        </message>
        <message>
            <source>The file student.onnx of a distillation. It knows its bands, classes and resolution itself.</source>
            <translation>El archivo student.onnx de una destilación. Contiene sus bandas, clases y resolución.</translation>
        </message>
        <message>
            <source>The layers that the student looks at, in the order in which it learned them. Bands are matched by name, else by position; another pixel size is resampled to the student's.</source>
            <translation>Las capas que mira el alumno, en el orden en que las aprendió. Las bandas se emparejan por nombre o, si no, por posición; otro tamaño de píxel se remuestrea al del alumno.</translation>
        </message>
        <message>
            <source>“{}” comes from a server, at any pixel size, and the student's is not known. Give the ground sampling distance, under Advanced Parameters.</source>
            <translation>«{}» viene de un servidor, con cualquier tamaño de píxel, y no se conoce el del alumno. Indique la distancia de muestreo del terreno en Parámetros avanzados.</translation>
        </message>
        <message>
            <source>“{}” is not in the library any more.</source>
            <translation>«{}» ya no está en la biblioteca.</translation>
        </message>
    </context>
    <context>
        <name>StudentList</name>
        <message>
            <source>All students</source>
            <translation>Todos los alumnos</translation>
        </message>
        <message>
            <source>Click a student to take it.</source>
            <translation>Haga clic en un alumno para elegirlo.</translation>
        </message>
        <message>
            <source>File,
MB</source>
            <translation>Archivo,
MB</translation>
        </message>
        <message>
            <source>Milliseconds that the student took for a million pixels on this machine when it was measured; other programs at work make it slower. A dash: not measured yet; “…”: being measured now.</source>
            <translation>Milisegundos que el alumno necesitó para un millón de píxeles en este equipo cuando se midió; otros programas en marcha lo hacen más lento. Un guion: aún sin medir; «…»: se está midiendo.</translation>
        </message>
        <message>
            <source>Name</source>
            <translation>Nombre</translation>
        </message>
        <message>
            <source>Over a limit. {}</source>
            <translation>Supera un límite. {}</translation>
        </message>
        <message>
            <source>Parameters are the numbers that a student learns, here in millions. More can tell more apart.</source>
            <translation>Los parámetros son los números que aprende un alumno, aquí en millones. Con más se distingue más.</translation>
        </message>
        <message>
            <source>Parameters,
million</source>
            <translation>Parámetros,
millones</translation>
        </message>
        <message>
            <source>The size of the student’s file in megabytes, at most.</source>
            <translation>El tamaño del archivo del alumno en megabytes, como máximo.</translation>
        </message>
        <message>
            <source>ms per
megapixel</source>
            <translation>ms por
megapíxel</translation>
        </message>
    </context>
    <context>
        <name>StudentSection</name>
        <message>
            <source> MB</source>
            <translation> MB</translation>
        </message>
        <message>
            <source> ms</source>
            <translation> ms</translation>
        </message>
        <message>
            <source>Asking for the students that fit…</source>
            <translation>Buscando los alumnos adecuados…</translation>
        </message>
        <message>
            <source>Automatic: the best that fits</source>
            <translation>Automático: el mejor dentro de los límites</translation>
        </message>
        <message>
            <source>Distilling needs the training parts, which are not installed yet. Students can be used.</source>
            <translation>Para destilar hacen falta los componentes de entrenamiento, aún no instalados. Los alumnos se pueden usar.</translation>
        </message>
        <message>
            <source>Its speed on this machine is not known yet.</source>
            <translation>Aún no se conoce su velocidad en este equipo.</translation>
        </message>
        <message>
            <source>Largest file</source>
            <translation>Tamaño máximo</translation>
        </message>
        <message>
            <source>Limits</source>
            <translation>Límites</translation>
        </message>
        <message>
            <source>Measure</source>
            <translation>Medir</translation>
        </message>
        <message>
            <source>Measure again</source>
            <translation>Medir otra vez</translation>
        </message>
        <message>
            <source>Measure all</source>
            <translation>Medir todos</translation>
        </message>
        <message>
            <source>Measure all again</source>
            <translation>Medir todos otra vez</translation>
        </message>
        <message>
            <source>Measure all students first: then those that are too slow are left out.</source>
            <translation>Mida antes todos los alumnos: entonces se descartan los demasiado lentos.</translation>
        </message>
        <message>
            <source>Measuring its speed on this machine…</source>
            <translation>Midiendo su velocidad en este equipo…</translation>
        </message>
        <message>
            <source>No student is within the limits. The smallest, {name}, takes {size}.</source>
            <translation>Ningún alumno cumple los límites. El más pequeño, {name}, ocupa {size}.</translation>
        </message>
        <message>
            <source>Opens the page that installs what is missing.</source>
            <translation>Abre la página que instala lo que falta.</translation>
        </message>
        <message>
            <source>RSKD takes the largest plain student within the limits below, a small quick one without limits. Switch it off to choose by yourself.</source>
            <translation>RSKD toma el mayor alumno sencillo dentro de los límites de abajo o, sin límites, uno pequeño y rápido. Desactívelo para elegir usted.</translation>
        </message>
        <message>
            <source>Runs every student for a moment on this machine, this one first, and keeps how fast each was: a minute or two. The list below fills while it goes on.</source>
            <translation>Ejecuta un momento cada alumno en este equipo, este el primero, y guarda lo rápido que fue cada uno: uno o dos minutos. La lista de abajo se va llenando mientras tanto.</translation>
        </message>
        <message>
            <source>Runs this student for a moment on this machine and keeps how fast it was: a few seconds. Other work makes it slower: measure again when the machine is quiet. The rest of QGIS stays usable, and you can stop it.</source>
            <translation>Ejecuta un momento este alumno en este equipo y guarda lo rápido que fue: unos segundos. Otros trabajos lo hacen más lento: mida otra vez cuando el equipo esté libre. El resto de QGIS sigue disponible, y puede detenerlo.</translation>
        </message>
        <message>
            <source>Set up…</source>
            <translation>Preparar…</translation>
        </message>
        <message>
            <source>Slowest, per megapixel</source>
            <translation>Tiempo máximo por megapíxel</translation>
        </message>
        <message>
            <source>Small students are quick and need few labels; large ones come nearer to their teacher. Moving the slider shows what each one takes.</source>
            <translation>Los alumnos pequeños son rápidos y necesitan pocas etiquetas; los grandes se acercan más a su maestro. Mueva el deslizador para ver lo que requiere cada uno.</translation>
        </message>
        <message>
            <source>Stop</source>
            <translation>Detener</translation>
        </message>
        <message>
            <source>Stops measuring.</source>
            <translation>Detiene la medición.</translation>
        </message>
        <message>
            <source>Student, from small to accurate</source>
            <translation>Alumno, de pequeño a preciso</translation>
        </message>
        <message>
            <source>The student may not take longer for a million pixels on this machine. Set it where large areas have to be mapped in a given time.</source>
            <translation>El alumno no puede tardar más por cada millón de píxeles en este equipo. Defínalo si hay que cartografiar áreas grandes en un tiempo dado.</translation>
        </message>
        <message>
            <source>The student's file may not be larger. Set it where the student has to be sent around or must fit on a small device.</source>
            <translation>El archivo del alumno no puede ser mayor. Defínalo si el alumno se ha de enviar o debe caber en un dispositivo pequeño.</translation>
        </message>
        <message>
            <source>accurate</source>
            <translation>preciso</translation>
        </message>
        <message>
            <source>automatic</source>
            <translation>automático</translation>
        </message>
        <message>
            <source>small</source>
            <translation>pequeño</translation>
        </message>
        <message>
            <source>{parameters} parameters · at most {size}</source>
            <translation>{parameters} parámetros · como máximo {size}</translation>
        </message>
        <message>
            <source>{speed} · {time} per 100 km² at {gsd} m a pixel</source>
            <translation>{speed} · {time} por 100 km² a {gsd} m por píxel</translation>
        </message>
        <message>
            <source>{} is not within the limits. Tick “Automatic”, take another student of the list, or allow more.</source>
            <translation>{} no cumple los límites. Active «Automático», elija otro alumno de la lista o permita más.</translation>
        </message>
    </context>
    <context>
        <name>TeacherSection</name>
        <message>
            <source>A spectral index</source>
            <translation>Un índice espectral</translation>
        </message>
        <message>
            <source>An existing map</source>
            <translation>Un mapa existente</translation>
        </message>
        <message>
            <source>Looking at the file…</source>
            <translation>Examinando el archivo…</translation>
        </message>
        <message>
            <source>Model file (ONNX)</source>
            <translation>Archivo de modelo (ONNX)</translation>
        </message>
        <message>
            <source>Published weights (torchgeo)</source>
            <translation>Pesos publicados (torchgeo)</translation>
        </message>
        <message>
            <source>Teacher</source>
            <translation>Maestro</translation>
        </message>
        <message>
            <source>The teacher is a large model, or a map, that knows the classes; the student learns to answer as it does. Without a finished one, let one be trained on your labels.</source>
            <translation>El maestro es un modelo grande, o un mapa, que conoce las clases; el alumno aprende a responder como él. Si no tiene uno terminado, haga que se entrene uno con sus etiquetas.</translation>
        </message>
        <message>
            <source>Train on my labels</source>
            <translation>Entrenar con mis etiquetas</translation>
        </message>
        <message>
            <source>Trained network (checkpoint)</source>
            <translation>Red entrenada (checkpoint)</translation>
        </message>
        <message>
            <source>trained here</source>
            <translation>entrenado aquí</translation>
        </message>
        <message>
            <source>{} ✓</source>
            <translation>{} ✓</translation>
        </message>
        <message>
            <source>“{}” is not a model that can teach.</source>
            <translation>«{}» no es un modelo que pueda ser maestro.</translation>
        </message>
    </context>
    <context>
        <name>TermCurves</name>
        <message>
            <source>Terms, each on its own scale</source>
            <translation>Términos, cada uno en su escala</translation>
        </message>
        <message>
            <source>What the student’s loss is made of. Each line has a scale of its own, from 0 to its highest value: see whether it falls, not which is higher. The numbers are the newest values, before their weights.</source>
            <translation>De qué se compone la pérdida del alumno. Cada línea tiene su propia escala, de 0 a su valor más alto: fíjese en si baja, no en cuál es más alta. Los números son los valores más recientes, antes de aplicar los pesos.</translation>
        </message>
        <message>
            <source>fellow students</source>
            <translation>compañeros</translation>
        </message>
        <message>
            <source>labels</source>
            <translation>etiquetas</translation>
        </message>
        <message>
            <source>soft targets</source>
            <translation>objetivos suaves</translation>
        </message>
    </context>
    <context>
        <name>TermForm</name>
        <message>
            <source>How much this term counts beside the others. Losses have units of their own: watch the curves of the terms while the student trains, and raise a weight where a term hardly falls.</source>
            <translation>Cuánto cuenta este término frente a los demás. Cada pérdida tiene sus propias unidades: observe las curvas de los términos mientras se entrena el alumno y aumente el peso del término que apenas baje.</translation>
        </message>
        <message>
            <source>Loss</source>
            <translation>Pérdida</translation>
        </message>
        <message>
            <source>Options</source>
            <translation>Opciones</translation>
        </message>
        <message>
            <source>Settings of the loss as name=value, with commas between them. What stands there in grey is used where you write nothing.</source>
            <translation>Ajustes de la pérdida como nombre=valor, separados por comas. Lo que aparece en gris se usa si no escribe nada.</translation>
        </message>
        <message>
            <source>Student’s tap</source>
            <translation>Punto del alumno</translation>
        </message>
        <message>
            <source>Teacher’s tap</source>
            <translation>Punto del maestro</translation>
        </message>
        <message>
            <source>The same in the teacher; empty for the student’s tap. Anything but logits needs a network as the teacher, which then runs beside the student.</source>
            <translation>Lo mismo en el maestro; vacío para usar el punto del alumno. Todo lo que no sea logits necesita una red como maestro, que entonces funciona junto al alumno.</translation>
        </message>
        <message>
            <source>Weight</source>
            <translation>Peso</translation>
        </message>
        <message>
            <source>What of the teacher is matched, and how the difference is measured. The sentence below says what this one looks at.</source>
            <translation>Qué se compara del maestro y cómo se mide la diferencia. La frase de abajo dice en qué se fija esta pérdida.</translation>
        </message>
        <message>
            <source>Where</source>
            <translation>Dónde</translation>
        </message>
        <message>
            <source>Where in the student the term looks: its answer (logits), what enters its last layer (features), a level of its encoder or decoder, or path: with a module’s name. Leave it empty for what suits the loss.</source>
            <translation>Dónde mira el término dentro del alumno: su respuesta (logits), lo que entra en su última capa (features), un nivel de su codificador o decodificador (encoder, decoder), o path: con el nombre de un módulo. Déjelo vacío para usar lo adecuado a la pérdida.</translation>
        </message>
        <message>
            <source>Which pixels this term counts most on. It is for losses that are a mean over pixels; others compare pixels with each other and cannot weigh them.</source>
            <translation>En qué píxeles cuenta más este término. Es para las pérdidas que son una media sobre píxeles; otras comparan píxeles entre sí y no los pueden ponderar.</translation>
        </message>
        <message>
            <source>at the edges of classes</source>
            <translation>en los bordes de las clases</translation>
        </message>
        <message>
            <source>everywhere</source>
            <translation>en todas partes</translation>
        </message>
        <message>
            <source>none</source>
            <translation>ninguna</translation>
        </message>
        <message>
            <source>on things, not background</source>
            <translation>en los objetos, no en el fondo</translation>
        </message>
        <message>
            <source>where the teacher doubts</source>
            <translation>donde el maestro duda</translation>
        </message>
        <message>
            <source>where the teacher is sure</source>
            <translation>donde el maestro está seguro</translation>
        </message>
        <message>
            <source>where the teacher looks</source>
            <translation>donde mira el maestro</translation>
        </message>
        <message>
            <source>{} The options stay as they were.</source>
            <translation>{} Las opciones se quedan como estaban.</translation>
        </message>
    </context>
    <context>
        <name>TermsEditor</name>
        <message>
            <source>Add a term</source>
            <translation>Añadir un término</translation>
        </message>
        <message>
            <source>Adds a term: soft targets first, to be changed below.</source>
            <translation>Añade un término: primero objetivos suaves, que se cambia abajo.</translation>
        </message>
        <message>
            <source>Goes back to the recipe as it was before you changed it.</source>
            <translation>Vuelve a la receta tal como era antes de modificarla.</translation>
        </message>
        <message>
            <source>Load a recipe</source>
            <translation>Cargar una receta</translation>
        </message>
        <message>
            <source>Load…</source>
            <translation>Cargar…</translation>
        </message>
        <message>
            <source>Looks at</source>
            <translation>Mira</translation>
        </message>
        <message>
            <source>Loss</source>
            <translation>Pérdida</translation>
        </message>
        <message>
            <source>Remove the term</source>
            <translation>Quitar el término</translation>
        </message>
        <message>
            <source>Reset</source>
            <translation>Restablecer</translation>
        </message>
        <message>
            <source>Save the recipe</source>
            <translation>Guardar la receta</translation>
        </message>
        <message>
            <source>Save…</source>
            <translation>Guardar…</translation>
        </message>
        <message>
            <source>Takes a recipe from a file that was saved here or written by hand.</source>
            <translation>Toma una receta de un archivo guardado aquí o escrito a mano.</translation>
        </message>
        <message>
            <source>Takes the chosen term out of the recipe.</source>
            <translation>Quita de la receta el término elegido.</translation>
        </message>
        <message>
            <source>Terms and weights</source>
            <translation>Términos y pesos</translation>
        </message>
        <message>
            <source>Terms of the recipe</source>
            <translation>Términos de la receta</translation>
        </message>
        <message>
            <source>The terms whose weighted sum the student makes small, beside the labels. Choose one to change it below.</source>
            <translation>Los términos cuya suma ponderada el alumno reduce, además de las etiquetas. Elija uno para cambiarlo abajo.</translation>
        </message>
        <message>
            <source>Weight</source>
            <translation>Peso</translation>
        </message>
        <message>
            <source>What of the teacher is matched, and how much each part counts. Change it only to compare recipes, or to repeat what a paper did.</source>
            <translation>Qué se compara del maestro y cuánto cuenta cada parte. Cámbielo solo para comparar recetas o para repetir lo que hizo un artículo.</translation>
        </message>
        <message>
            <source>Writes the recipe into a file, to use it again or to hand it on. A job file can name it, too.</source>
            <translation>Escribe la receta en un archivo, para volver a usarla o compartirla. Un archivo de trabajo también la puede nombrar.</translation>
        </message>
    </context>
    <context>
        <name>Toggle</name>
        <message>
            <source>{} –</source>
            <translation>{} –</translation>
        </message>
        <message>
            <source>{} ✓</source>
            <translation>{} ✓</translation>
        </message>
    </context>
    <context>
        <name>TrainedTeacher</name>
        <message>
            <source>A large model learns from your labels first; then it teaches the small one.</source>
            <translation>Un modelo grande aprende primero de sus etiquetas; después enseña al pequeño.</translation>
        </message>
        <message>
            <source>Encoder</source>
            <translation>Codificador</translation>
        </message>
        <message>
            <source>How many teachers are trained and averaged. Three are usually a little better than one, and take three times as long.</source>
            <translation>Cuántos maestros se entrenan y se promedian. Tres suelen ser algo mejores que uno y tardan el triple.</translation>
        </message>
        <message>
            <source>Members</source>
            <translation>Miembros</translation>
        </message>
        <message>
            <source>Model</source>
            <translation>Modelo</translation>
        </message>
        <message>
            <source>The architecture of the teacher. U-Net suits most images; try another only to compare.</source>
            <translation>La arquitectura del maestro. U-Net sirve para la mayoría de las imágenes; pruebe otra solo para comparar.</translation>
        </message>
        <message>
            <source>The part of the teacher that recognises textures and shapes. A larger one may be more accurate and takes longer.</source>
            <translation>La parte del maestro que reconoce texturas y formas. Una mayor puede ser más precisa y tarda más.</translation>
        </message>
    </context>
    <context>
        <name>Unfinished</name>
        <message>
            <source>Free some space or choose another folder.</source>
            <translation>Libere espacio o elija otra carpeta.</translation>
        </message>
        <message>
            <source>another QGIS window is at work on it</source>
            <translation>otra ventana de QGIS está trabajando en ello</translation>
        </message>
        <message>
            <source>“{path}” cannot be written: {reason}</source>
            <translation>No se puede escribir «{path}»: {reason}</translation>
        </message>
    </context>
    <context>
        <name>UnfinishedList</name>
        <message>
            <source>Delete</source>
            <translation>Eliminar</translation>
        </message>
        <message>
            <source>Delete the unfinished work of “{title}”?
{folder}</source>
            <translation>¿Eliminar el trabajo sin terminar de «{title}»?
{folder}</translation>
        </message>
        <message>
            <source>Deletes for good what was done so far, after a question.</source>
            <translation>Elimina definitivamente lo hecho hasta ahora, tras una pregunta.</translation>
        </message>
        <message>
            <source>Delete…</source>
            <translation>Eliminar…</translation>
        </message>
        <message>
            <source>Goes on from where it stopped.</source>
            <translation>Continúa desde donde se detuvo.</translation>
        </message>
        <message>
            <source>Resume</source>
            <translation>Reanudar</translation>
        </message>
        <message>
            <source>“{title}” failed {day}. What was done is kept.</source>
            <translation>«{title}» falló ({day}). Lo hecho se conserva.</translation>
        </message>
        <message>
            <source>“{title}” was interrupted {day}. What was done is kept.</source>
            <translation>«{title}» se interrumpió ({day}). Lo hecho se conserva.</translation>
        </message>
        <message>
            <source>“{title}” was paused {day}.</source>
            <translation>«{title}» se pausó ({day}).</translation>
        </message>
        <message>
            <source>“{title}” was stopped {day}. What was done is kept.</source>
            <translation>«{title}» se detuvo ({day}). Lo hecho se conserva.</translation>
        </message>
    </context>
    <context>
        <name>Verdict</name>
        <message>
            <source>Agrees with its teacher on {} of the test pixels</source>
            <translation>Coincide con su maestro en el {} de los píxeles de prueba</translation>
        </message>
        <message>
            <source>As good as its teacher, with the weak spots below.</source>
            <translation>Tan bueno como su maestro, con los puntos débiles siguientes.</translation>
        </message>
        <message>
            <source>Below its teacher: {} of its mean IoU. Give it more minutes, or a larger student.</source>
            <translation>Por debajo de su maestro: {} de su IoU medio. Dele más minutos o elija un alumno mayor.</translation>
        </message>
        <message>
            <source>Both were trained for the same {} steps.</source>
            <translation>Ambos se entrenaron los mismos {} pasos.</translation>
        </message>
        <message>
            <source>Good: as accurate as its teacher. Use it.</source>
            <translation>Bueno: tan preciso como su maestro. Úselo.</translation>
        </message>
        <message>
            <source>It was trained for {steps} steps with the teacher, for {alone} without.</source>
            <translation>Se entrenó {steps} pasos con el maestro y {alone} sin él.</translation>
        </message>
        <message>
            <source>Mean IoU {score} (95 % interval {low} to {high})</source>
            <translation>IoU medio {score} (intervalo del 95 %: de {low} a {high})</translation>
        </message>
        <message>
            <source>Mean IoU {}</source>
            <translation>IoU medio {}</translation>
        </message>
        <message>
            <source>Near its teacher: {share} of its mean IoU ({least} or more is called near). More minutes or a larger student may bring it closer.</source>
            <translation>Cerca de su maestro: {share} de su IoU medio (se llama cerca a partir de {least}). Más minutos o un alumno mayor pueden acercarlo.</translation>
        </message>
        <message>
            <source>Not tested: {}. No test pixel is labelled so.</source>
            <translation>Sin probar: {}. Ningún píxel de prueba lleva esa etiqueta.</translation>
        </message>
        <message>
            <source>The labels alone gave {} points of mean IoU more than with the teacher.</source>
            <translation>Las etiquetas solas dieron {} puntos de IoU medio más que con el maestro.</translation>
        </message>
        <message>
            <source>The teacher answers for {} of the test pixels only, and is scored on these alone.</source>
            <translation>El maestro responde solo para el {} de los píxeles de prueba y se evalúa únicamente con ellos.</translation>
        </message>
        <message>
            <source>The teacher brought {} points of mean IoU more than the labels alone.</source>
            <translation>El maestro aportó {} puntos de IoU medio más que las etiquetas solas.</translation>
        </message>
        <message>
            <source>There was nothing to test with</source>
            <translation>No había nada con que probar</translation>
        </message>
        <message>
            <source>Too few steps to judge it: {steps} of the student’s training, {teacher_steps} of the teacher’s. Below {few} little is learned. Give it more minutes.</source>
            <translation>Demasiado pocos pasos para juzgarlo: {steps} del entrenamiento del alumno, {teacher_steps} del maestro. Con menos de {few} se aprende poco. Dele más minutos.</translation>
        </message>
        <message>
            <source>Too few steps to judge it: {steps} of the student’s training. Below {few} little is learned. Give it more minutes.</source>
            <translation>Demasiado pocos pasos para juzgarlo: {steps} del entrenamiento del alumno. Con menos de {few} se aprende poco. Dele más minutos.</translation>
        </message>
        <message>
            <source>Weak on {}.</source>
            <translation>Débil en {}.</translation>
        </message>
        <message>
            <source>as fast</source>
            <translation>igual de rápido</translation>
        </message>
        <message>
            <source>as large</source>
            <translation>igual de grande</translation>
        </message>
        <message>
            <source>{name} ({pixels} test pixels)</source>
            <translation>{name} ({pixels} píxeles de prueba)</translation>
        </message>
        <message>
            <source>{score}, {share} of its teacher</source>
            <translation>{score}, {share} de su maestro</translation>
        </message>
        <message>
            <source>{} of its teacher</source>
            <translation>{} de su maestro</translation>
        </message>
        <message>
            <source>{} times faster</source>
            <translation>{} veces más rápido</translation>
        </message>
        <message>
            <source>{} times larger</source>
            <translation>{} veces más grande</translation>
        </message>
        <message>
            <source>{} times slower</source>
            <translation>{} veces más lento</translation>
        </message>
        <message>
            <source>{} times smaller</source>
            <translation>{} veces más pequeño</translation>
        </message>
    </context>
</TS>
