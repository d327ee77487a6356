<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="es">
    <context>
        <name>BackendError</name>
        <message>
            <source>This is an error in RSKD itself: {0}</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>Bands</name>
        <message>
            <source>{} cm</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{} m</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>BandsButton</name>
        <message>
            <source>1 band</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>All bands</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Bands</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>None</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The bands that are used. Leave out bands without information, such as a quality mask, and bands that a finished teacher does not expect.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{ticked} of {every} bands</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{} bands</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>CommandLine</name>
        <message>
            <source>Command</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Copy</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Copy the command</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>Curves</name>
        <message>
            <source>Left: the loss, how far the network still is from what it learns. Right: the mean IoU, how well it does on ground that it does not learn from.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Loss</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Mean IoU</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>student</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>teacher</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>without a teacher</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{name}: mean IoU {score} after {step} steps</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>Distillation</name>
        <message>
            <source>The student could not be put into the library: {}</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>Draft</name>
        <message>
            <source>Distillation</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>EvaluateAlgorithm</name>
        <message>
            <source>A class raster, or polygons with a class field, to compare the map with.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>All numbers</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Class field of polygons</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Class map</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Compared pixels</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Compares a class map with labels, pixel by pixel, and gives mean IoU, overall accuracy and kappa, with the confusion matrix and the accuracies of each class in the file.

The numbers are honest only where the labels lie on ground that neither student nor teacher was trained on. Classes are matched by name where both have names, else by value.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Evaluate a map</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>JSON files (*.json)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Kappa</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Labels</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Mean IoU</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Overall accuracy</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Separated by commas, for example 0, 255. Pixels with these values are left out.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Students</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The field that holds the class; needed where the labels are polygons.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Values that mean “not labelled”</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>Expectation</name>
        <message>
            <source>Bands that it expects: {needed}; selected: {have}.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Classes that it tells apart: {own}; in your labels: {labels}.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Does not know {}: the student learns them from labels only.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Knows all of your labels' classes: {}.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Knows none of your labels' classes. It knows {}.</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>Figures</name>
        <message>
            <source>today</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>yesterday</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{} %</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{} GB</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{} MB</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{} h</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{} megapixels</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{} million</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{} min</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{} ms per megapixel</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{} s</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{} s per megapixel</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{} thousand</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>LayerRow</name>
        <message>
            <source>&lt;b&gt;{}&lt;/b&gt;&lt;br&gt;Tick a layer to use it. Take all layers that help to tell the classes apart: they may have other pixels and another coordinate reference system.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Bands of {}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Student</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Teacher</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The size of a pixel on the ground. Layers with other pixels are fitted to the reference grid.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The student looks at this layer. Switch it off to get a student that works without this layer: what the teacher knows from it is taught all the same.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The student sees {}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The teacher looks at this layer. Switch it off for a layer that the teacher's model does not know, for example when a finished model takes optical bands only.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The teacher sees {}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Use the layer {}</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>Library</name>
        <message>
            <source>Other models can be teachers: choose the file in the Teacher section.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>unknown</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>“{}” is not a student of RSKD, but: {}.</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>Narrator</name>
        <message>
            <source>{training}, step {step}: loss {loss}</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>PredictAlgorithm</name>
        <message>
            <source>Class map</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Confidence</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Maps image layers with a student, a small model made by “Distil a student”. The map holds the values, names and colours of the classes that the student has learned.

Rasters may be far larger than memory: they are read and written in strips. Values that look unlike those of training, for example in another unit, are warned of in the log.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>One band a class with its probability from 0 to 1; a large file.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Probabilities</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Run a student (raster)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The probability, from 0 to 1, of the class that was chosen for each pixel.</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>PredictPolygonsAlgorithm</name>
        <message>
            <source>Leave out polygons smaller than (m²)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Maps image layers with a student and writes the map as polygons with the fields class, name and area_m2 (measured on the ellipsoid). A segmentation's background is left out.

Small patches can be merged into their neighbours before, and small polygons left out after.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Merge patches of fewer pixels</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Patches of fewer pixels join their largest neighbour before polygons are made. 0 keeps all.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Polygons</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Run a student (polygons)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Smaller polygons are left out, and the ground they cover is left empty. 0 keeps all.</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>Problem</name>
        <message>
            <source>A teacher is trained on labels. Choose a label layer, or another teacher.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>All classes are left out. Switch on at least two.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Choose at least one band of “{}”.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Choose at least one raster layer.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Choose the field that holds the class.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Choose the map that is to be the teacher.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Choose the polygon layer of the area.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Choose the published weights.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Choose the teacher's file.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Comparing with a student without a teacher needs labels.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Draw the rectangle of the area on the map.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The area does not overlap “{}”.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The area's layer</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The area's layer “{0}” does not overlap “{1}”.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The area's layer “{}” cannot be read.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The label layer</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The map</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The student sees none of the layers. Switch on “Student” at one of them.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The teacher sees none of the layers. Switch on “Teacher” at one of them.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>There is no file “{}”.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>There is only one class, “{}”. Two are needed.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>“{0}” and “{1}” do not overlap.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>“{0}” has no field “{1}” any more. Choose another.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>“{}” cannot be read: its source is not there.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>“{}” covers the whole world. Choose an area.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>“{}” has no coordinate reference system. Set it in the layer's properties.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>“{}” is no longer in the project. Choose another layer.</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>RskdDock</name>
        <message>
            <source>1. Install once, into a Python (3.11 or later) of its own, not QGIS's:</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>2. Write down layers, labels and teacher in a job file, then distil:</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>&lt;h3&gt;Small, fast models from large ones&lt;/h3&gt;&lt;p&gt;RSKD distils knowledge: it takes your raster layers and a large model, the &lt;i&gt;teacher&lt;/i&gt;, and trains a small model, the &lt;i&gt;student&lt;/i&gt;, which makes the same kind of map many times faster, on an ordinary computer.&lt;/p&gt;</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Choosing layers, labels and teacher, distilling, and running students on layers will be done here. This version of the panel does none of it yet.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Later versions: in this panel</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>RSKD</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The result is a folder with the student, a report, and the map to add to your project.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Today: from a terminal</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>RskdProvider</name>
        <message>
            <source>RSKD (knowledge distillation)</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>SectionBox</name>
        <message>
            <source>{heading} – {state}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{} ✓</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>Services</name>
        <message>
            <source>Copy details</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Set up…</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>Setup</name>
        <message>
            <source>A proxy may have put a page of its own in its place.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>A virus scanner or a rule of your organisation may forbid it.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Check the network and QGIS's proxy (Settings, Options, Network), or install from a folder of wheels.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Python crashed while loading it.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The Python at “{0}” does not start (exit code {1}).</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The Python at “{}” is no longer there.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The download of uv is not a file that RSKD trusts.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>This is Python {0}; RSKD needs Python 3.11 or newer.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>What “{}” sent is not the file that was asked for.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>“{0}” cannot be fetched: {1}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>“{}” cannot be started: {}.</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>Stages</name>
        <message>
            <source>Checking that the teacher knows more than a student alone</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Comparing with ground never seen</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Comparing with the labels</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Drawing the map</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Loading packages</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Looking at the bands’ values</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Measuring how fast this machine learns</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Measuring students on this machine</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Setting ground aside for testing</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The teacher answers for every pixel of {}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Training teacher {} of {}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Training the same student without the teacher</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Training the student</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Training the teacher</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Turning the map into polygons</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Writing the report</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Writing {}</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>StudentAlgorithm</name>
        <message>
            <source>Extent</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Give an extent or polygons to map within, not both.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Image layers</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Only this part is mapped. Leave it empty to map the whole of the first layer.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Only what lies inside these polygons is mapped; the rest is left without data.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Polygons to map within</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Student</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Students</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The file student.onnx of a distillation. It knows its bands, classes and resolution itself.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The layers that the student looks at, in the order in which it learned them. Bands are matched by name, else by position; another pixel size is resampled to the student's.</source>
            <translation type="unfinished" />
        </message>
    </context>
</TS>
